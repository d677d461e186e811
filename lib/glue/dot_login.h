// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>

#include "core/result.h"
#include "glue/proftpd.h"

namespace mod_tls::glue {

/// The contents of a user's ~/.tlslogin, read with his own rights where the process can take them
/// (before the login). Links, files of others and files that others can write to are errors; the
/// message begins with "unable to open" or "unable to use".
core::Result<std::string> read_dot_login(const struct passwd &user);

}  // namespace mod_tls::glue
