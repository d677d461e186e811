// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "CppUTest/CommandLineTestRunner.h"

int main(int argc, char **argv) {
  return CommandLineTestRunner::RunAllTests(argc, argv);
}
