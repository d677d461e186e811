// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "ossl/error_queue.h"
#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Whether the errors of a PEM reader say no more than that nothing is left.
[[nodiscard]] bool is_end_of_pem(const std::vector<LibraryError> &errors);

/// The first certificate of a file. Of all errors here, the message is the cause alone ("file
/// contained no certificate data"): callers know which directive named the file.
core::Result<X509Ptr> first_certificate(const std::string &path);

/// Every certificate of a text, in order; at least one.
core::Result<std::vector<X509Ptr>> certificates_in(std::string_view pem);

/// The same of a file.
core::Result<std::vector<X509Ptr>> load_certificates(const std::string &path);

}  // namespace mod_tls::ossl
