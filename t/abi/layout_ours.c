// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Prints the layout of the public header of this tree, as C sees it.
#include <stddef.h>
#include <stdio.h>

#include "../../mod_tls.h"
#include "type_check_c.h"

#include "layout_body.h"
