// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

// TYPE_CHECK for C: does not compile unless `expression`, which is not evaluated, has the type.
#define TYPE_CHECK(expression, type) \
  _Static_assert(_Generic((expression), type : 1, default : 0), #expression " is not " #type)
#define DELETE_MEMBER delete
