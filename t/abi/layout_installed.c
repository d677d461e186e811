// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Prints the layout of the header installed with ProFTPD: -I is that of its folder.
#include <stddef.h>
#include <stdio.h>

#include "mod_tls.h"
#include "type_check_c.h"

#include "layout_body.h"
