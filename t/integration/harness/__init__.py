# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What the scenarios stand on: a real proftpd, certificates made on the spot, FTPS clients."""
