// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/kept_text.h"

#include <sys/resource.h>

#include "CppUTest/TestHarness.h"

namespace ossl = mod_tls::ossl;

namespace {

/// No descriptor more for this process, as long as it lives.
class DescriptorsUsedUp {
 public:
  DescriptorsUsedUp() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  DescriptorsUsedUp(const DescriptorsUsedUp &) = delete;
  DescriptorsUsedUp &operator=(const DescriptorsUsedUp &) = delete;
  ~DescriptorsUsedUp() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_GROUP(KeptText){};

TEST(KeptText, IsReadAgainFromItsFileAsOftenAsWanted) {
  const std::string text(300'000, 'x');
  const auto kept = ossl::KeptText::in_file(text);
  for (int i = 0; i < 2; i++) {
    const auto read = kept.read();
    CHECK(read && *read == text);
  }
}

TEST(KeptText, StaysInTheHeapWhereThereIsNoFile) {
  const auto kept = [] {
    const DescriptorsUsedUp used_up;  // not beyond: UBSan's checks of calls take some
    return ossl::KeptText::in_file("text");
  }();
  const auto read = kept.read();
  CHECK(read && *read == "text");
}

TEST(KeptText, MayBeEmpty) {
  const auto read = ossl::KeptText::in_file("").read();
  CHECK(read && read->empty());
}
