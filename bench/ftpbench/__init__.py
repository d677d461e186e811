# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Server CPU and memory of FTPS servers, side by side. Entry point: ../run."""
