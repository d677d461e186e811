import time
def test_one(daemon):
    server = daemon("TLSRequired on")
    with server.ftps(version="1.3") as ftp:
        pid = server.session_pids()[-1]
        import subprocess
        p = subprocess.Popen(["strace","-r","-p",str(pid),"-o","/tmp/dev/strace.out"])
        time.sleep(0.5)
        for i in range(3):
            t=time.time(); ftp.store("a",b"x"); print("STORE",time.time()-t)
            t=time.time(); ftp.retrieve("a"); print("RETR",time.time()-t)
        p.terminate(); p.wait()
