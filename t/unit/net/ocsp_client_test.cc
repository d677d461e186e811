// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/ocsp_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "CppUTest/TestHarness.h"

namespace core = mod_tls::core;
namespace net = mod_tls::net;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// A responder in a process of its own: each connection gets the next of its answers, after a
/// request has been read; then it waits for the client's end, or is killed.
class Responder {
 public:
  explicit Responder(std::vector<std::string> answers) {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    socklen_t size = sizeof address;
    CHECK_EQUAL(0, ::bind(listener, generic, size));
    CHECK_EQUAL(0, ::listen(listener, 5));
    CHECK_EQUAL(0, ::getsockname(listener, generic, &size));
    port_ = ntohs(address.sin_port);
    pid_ = ::fork();
    if (pid_ == 0) {
      for (const std::string &answer : answers) serve(listener, filled(answer));
      ::_exit(0);
    }
    ::close(listener);
  }
  Responder(const Responder &) = delete;
  Responder &operator=(const Responder &) = delete;
  ~Responder() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  [[nodiscard]] std::string filled(std::string answer) const {
    const std::size_t at = answer.find("PORT");
    return at == std::string::npos ? answer : answer.replace(at, 4, std::to_string(port_));
  }

  static void serve(int listener, const std::string &answer) {
    const int client = ::accept(listener, nullptr, nullptr);
    std::string request;
    char chunk[512];
    while (!request.ends_with("\r\n\r\nquestion")) {
      const ssize_t n = ::read(client, chunk, sizeof chunk);
      if (n <= 0) break;
      request.append(chunk, static_cast<std::size_t>(n));
    }
    const std::string text = answer == "echo" ? "HTTP/1.0 200 OK\r\n\r\n" + request : answer;
    if (::write(client, text.data(), text.size()) < 0) ::_exit(1);
    if (answer.empty()) ::pause();
    ::close(client);
  }

  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

core::Result<std::vector<std::uint8_t>> fetch_from(const core::HttpUrl &url,
                                                   milliseconds time = milliseconds{5000}) {
  const std::string question = "question";
  const std::span request(reinterpret_cast<const std::uint8_t *>(question.data()), question.size());
  net::OcspClient client;
  return client.fetch({.url = url, .request = request, .time = time, .fresh = true});
}

core::Result<std::vector<std::uint8_t>> fetch(const Responder &responder,
                                              milliseconds time = milliseconds{5000}) {
  return fetch_from({"127.0.0.1", responder.port(), "/ask"}, time);
}

std::string text_of(const core::Result<std::vector<std::uint8_t>> &result) {
  return result ? std::string(result->begin(), result->end()) : result.error().message;
}

}  // namespace

TEST_GROUP(OcspClient){};

TEST(OcspClient, TheAnswerIsTheBody) {
  const Responder responder({"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nanswer"});
  STRCMP_EQUAL("answer", text_of(fetch(responder)).c_str());
}

TEST(OcspClient, TheRequestIsAsRfc6960HasIt) {
  const Responder responder({"echo"});
  const std::string request = text_of(fetch(responder));
  STRCMP_CONTAINS("POST /ask HTTP/1.0\r\n", request.c_str());
  STRCMP_CONTAINS("\r\nHost: 127.0.0.1:", request.c_str());
  STRCMP_CONTAINS("\r\nContent-Type: application/ocsp-request\r\n", request.c_str());
  STRCMP_CONTAINS("\r\nContent-Length: 8\r\n", request.c_str());
  STRCMP_CONTAINS("\r\nCache-Control: no-cache, no-store\r\n\r\nquestion", request.c_str());
}

TEST(OcspClient, ANameIsLookedUp) {
  const Responder responder({"HTTP/1.0 200 OK\r\n\r\nanswer"});
  STRCMP_EQUAL("answer", text_of(fetch_from({"localhost", responder.port(), "/"})).c_str());
}

TEST(OcspClient, RedirectionsAreFollowedButNotForEver) {
  const std::string again = "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:PORT/x\r\n\r\n";
  const Responder twice({again, again, "HTTP/1.0 200 OK\r\n\r\nanswer"});
  STRCMP_EQUAL("answer", text_of(fetch(twice)).c_str());
  const Responder thrice({again, again, again});
  STRCMP_EQUAL("the responder answered with HTTP status 301", text_of(fetch(thrice)).c_str());
  const Responder elsewhere({"HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\n\r\n"});
  STRCMP_CONTAINS("error parsing URL 'file:///etc/passwd'", text_of(fetch(elsewhere)).c_str());
}

TEST(OcspClient, OtherStatusesAreErrors) {
  const Responder responder({"HTTP/1.0 404 Not Found\r\n\r\nanswer"});
  STRCMP_EQUAL("the responder answered with HTTP status 404", text_of(fetch(responder)).c_str());
}

TEST(OcspClient, GarbageIsAnError) {
  const Responder responder({"220 ready\r\n\r\n"});
  STRCMP_EQUAL("malformed HTTP response", text_of(fetch(responder)).c_str());
}

TEST(OcspClient, ASilentResponderCostsTheTimeAllowed) {
  const Responder responder({""});
  const auto began = steady_clock::now();
  STRCMP_CONTAINS("no answer: ", text_of(fetch(responder, milliseconds{300})).c_str());
  const auto took = steady_clock::now() - began;
  CHECK_TRUE(took >= milliseconds{290});
  CHECK_TRUE(took < milliseconds{3000});
}

TEST(OcspClient, NeitherTheLinkNorNobodyIsAsked) {
  for (const char *host :
       {"169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "::", "::ffff:169.254.169.254"}) {
    const auto answer = text_of(fetch_from({host, 80, "/"}));
    STRCMP_CONTAINS(": it is none to connect to", answer.c_str());
  }
}

TEST(OcspClient, NobodyListeningIsAnErrorAtOnce) {
  std::uint16_t port = 0;
  {
    const Responder responder({});
    port = responder.port();
  }
  STRCMP_CONTAINS("cannot connect to 127.0.0.1 port",
                  text_of(fetch_from({"127.0.0.1", port, "/"})).c_str());
}
