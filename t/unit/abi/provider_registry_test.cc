// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "abi/provider_registry.h"

#include <cerrno>
#include <string>

#include "CppUTest/TestHarness.h"

using mod_tls::abi::errno_of;
using mod_tls::abi::ProviderRegistry;
using mod_tls::abi::Registration;

namespace {

std::string names(const ProviderRegistry &registry) {
  std::string result;
  for (const auto &entry : registry.sessions.entries()) {
    result += entry.name;
    result += ' ';
  }
  return result;
}

}  // namespace

TEST_GROUP(ProviderRegistry) {
  ProviderRegistry registry;
  tls_sess_cache_t one{};
  tls_sess_cache_t two{};
  tls_sess_cache_t three{};

  void add_three() {
    registry.sessions.add("one", &one);
    registry.sessions.add("two", &two);
    registry.sessions.add("three", &three);
  }
};

TEST(ProviderRegistry, RegisteredProviderIsFoundByItsName) {
  CHECK(registry.sessions.add("one", &one) == Registration::done);
  POINTERS_EQUAL(&one, registry.sessions.find("one"));
}

TEST(ProviderRegistry, UnknownNamesFindNothing) {
  registry.sessions.add("one", &one);
  for (const char *name : {"", "on", "ones", "ONE", "two"}) {
    POINTERS_EQUAL_TEXT(nullptr, registry.sessions.find(name), name);
  }
}

TEST(ProviderRegistry, NullPointersAreInvalid) {
  CHECK(registry.sessions.add(nullptr, &one) == Registration::invalid);
  CHECK(registry.sessions.add("one", nullptr) == Registration::invalid);
  CHECK(registry.sessions.remove(nullptr) == Registration::invalid);
  CHECK(registry.sessions.entries().empty());
}

TEST(ProviderRegistry, TakenNameStaysWithItsFirstProvider) {
  registry.sessions.add("one", &one);
  CHECK(registry.sessions.add("one", &two) == Registration::taken);
  CHECK(registry.sessions.add("one", &one) == Registration::taken);
  POINTERS_EQUAL(&one, registry.sessions.find("one"));
  POINTERS_EQUAL(nullptr, two.cache_name);
}

TEST(ProviderRegistry, RemovingWhatIsNotThereIsNotFound) {
  CHECK(registry.sessions.remove("one") == Registration::not_found);
  registry.sessions.add("one", &one);
  CHECK(registry.sessions.remove("two") == Registration::not_found);
  CHECK(registry.sessions.remove("one") == Registration::done);
  CHECK(registry.sessions.remove("one") == Registration::not_found);
}

TEST(ProviderRegistry, EitherKindHasNamesOfItsOwn) {
  tls_ocsp_cache_t responses{};
  registry.sessions.add("one", &one);
  POINTERS_EQUAL(nullptr, registry.ocsp.find("one"));
  CHECK(registry.ocsp.add("one", &responses) == Registration::done);
  POINTERS_EQUAL(&responses, registry.ocsp.find("one"));
  CHECK(registry.sessions.remove("one") == Registration::done);
  POINTERS_EQUAL(&responses, registry.ocsp.find("one"));
}

// Taking one out used to lose others, depending on the order.
TEST(ProviderRegistry, Q37RemovingOneKeepsTheOthersWhicheverItIs) {
  struct Case {
    const char *removed;
    const char *left;
  };
  constexpr Case kCases[] = {{"one", "two three "}, {"two", "one three "}, {"three", "one two "}};
  for (const Case &c : kCases) {
    ProviderRegistry fresh;
    fresh.sessions.add("one", &one);
    fresh.sessions.add("two", &two);
    fresh.sessions.add("three", &three);
    CHECK(fresh.sessions.remove(c.removed) == Registration::done);
    STRCMP_EQUAL(c.left, names(fresh).c_str());
    POINTERS_EQUAL(nullptr, fresh.sessions.find(c.removed));
  }
}

TEST(ProviderRegistry, EntriesStandInTheOrderOfTheirRegistration) {
  add_three();
  registry.sessions.remove("one");
  registry.sessions.add("one", &one);
  STRCMP_EQUAL("two three one ", names(registry).c_str());
}

TEST(ProviderRegistry, NameOfTheProviderIsACopy) {
  char name[] = "one";
  registry.sessions.add(name, &one);
  name[0] = 'X';
  STRCMP_EQUAL("one", one.cache_name);
  POINTERS_EQUAL(&one, registry.sessions.find("one"));
}

TEST(ProviderRegistry, NameOutlivesTheRegistrationAndOthers) {
  add_three();
  const char *before = one.cache_name;
  registry.sessions.remove("one");
  for (const char *name : {"a", "b", "c", "d", "e", "f"}) registry.sessions.add(name, &two);
  POINTERS_EQUAL(before, one.cache_name);
  STRCMP_EQUAL("one", one.cache_name);
}

TEST(ProviderRegistry, ComingBackTakesNoNewName) {
  registry.sessions.add("one", &one);
  const char *before = one.cache_name;
  registry.sessions.remove("one");
  registry.sessions.add("one", &two);
  POINTERS_EQUAL(before, two.cache_name);
}

TEST(ProviderRegistry, OutcomesHaveTheErrnoOfTheInterface) {
  CHECK_EQUAL(0, errno_of(Registration::done));
  CHECK_EQUAL(EINVAL, errno_of(Registration::invalid));
  CHECK_EQUAL(EEXIST, errno_of(Registration::taken));
  CHECK_EQUAL(ENOENT, errno_of(Registration::not_found));
}
