// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/log_fault.h"

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

/// As tools have learned to match it.
std::string cause_text(LogFault fault, std::string_view error) {
  switch (fault) {
    case LogFault::not_absolute:
      return "not an absolute path";
    case LogFault::symbolic_link:
      return "cannot log to a symbolic link";
    case LogFault::writable_folder:
      return "parent directory is world-writable";
    case LogFault::system:
      return std::string(error);
  }
  return {};
}

std::string_view remedy_of(LogFault fault) {
  switch (fault) {
    case LogFault::not_absolute:
      return "write the whole path, from '/' on";
    case LogFault::symbolic_link:
      return "name the file that the link leads to";
    case LogFault::writable_folder:
      return "chmod o-w its folder, or name a file in another one";
    case LogFault::system:
      return "make its folder, and let root write there";
  }
  return {};
}

}  // namespace

std::string log_fault_text(std::string_view path, LogFault fault, std::string_view error) {
  return "notice: unable to open TLSLog: " + cause_text(fault, error) + ": " + quoted(path) + "; " +
         std::string(remedy_of(fault)) + " (sessions go on without this log)";
}

}  // namespace mod_tls::core
