// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "glue/proftpd.h"

namespace mod_tls::glue {

/// The host's table of directives, made from core::directive_table().
conftable *directive_conftable();

}  // namespace mod_tls::glue
