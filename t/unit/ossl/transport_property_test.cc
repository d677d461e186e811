// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
//
// The data path over a transport that splits, stalls and fills up at random: every byte arrives
// once, in order, and is followed by close_notify. A failure names the seed that shows it.
#include <algorithm>

#include "tls_pair.h"

#include "CppUTest/TestHarness.h"  // last: it redefines new

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using ossl::ConnectionRole;
using ossl::RecordStream;
using ossl::StreamStatus;

namespace {

constexpr std::uint32_t kSeeds = 700;
constexpr int kMaxTurns = 400'000;

/// What a seed stands for.
struct Plan {
  explicit Plan(std::uint32_t number) : seed(number), random(number) {
    constexpr std::size_t kLongest[] = {1, 7, 100, 1460, 20'000, test::kUnlimited};
    constexpr std::size_t kInFlight[] = {1, 50, 3000, 70'000, test::kUnlimited};
    constexpr std::size_t kBuffers[] = {0, 1000, 20'000, 66'000, 264UL * 1024};
    weather.stalls = static_cast<unsigned>(random() % 60);
    weather.longest = pick(kLongest);
    weather.in_flight = pick(kInFlight);
    writer = {.output = pick(kBuffers), .read_ahead = 0};
    reader = {.output = 0, .read_ahead = pick(kBuffers)};
    // Where bytes come singly, there are fewer of them.
    const bool slow = weather.longest < 100 || weather.in_flight < 100;
    text.resize(random() % (slow ? 2'000 : 200'000));
    for (char &c : text) c = static_cast<char>(random());
  }

  template <std::size_t N>
  std::size_t pick(const std::size_t (&values)[N]) {
    return values[random() % N];
  }
  std::size_t below(std::size_t limit) { return random() % limit; }

  std::uint32_t seed;
  std::mt19937 random;
  test::Weather weather;
  ossl::StreamBuffering writer;
  ossl::StreamBuffering reader;
  std::string text;
};

bool waits(StreamStatus status) {
  return status == StreamStatus::want_write || status == StreamStatus::want_read;
}

/// Writes in pieces of random size, repeats from a buffer that has moved, flushes now and then,
/// and closes.
class Writer {
 public:
  Writer(RecordStream &stream, Plan &plan) : stream_(stream), plan_(plan) {}

  /// False when something failed that must not.
  bool turn() {
    if (closed_) return true;
    if (sent_ == plan_.text.size()) {
      const StreamStatus status = stream_.send_close().status;
      closed_ = status == StreamStatus::ok;
      return closed_ || waits(status);
    }
    if (plan_.below(8) == 0) return !is_failure(stream_.flush().status);
    if (piece_ == 0) piece_ = 1 + plan_.below(plan_.below(2) == 0 ? 100 : 100'000);
    const std::string moved = plan_.text.substr(sent_, piece_);
    const auto result = stream_.write(test::bytes_of(moved));
    if (waits(result.status)) return result.bytes == 0;
    sent_ += result.bytes;
    piece_ = 0;
    return result.status == StreamStatus::ok && result.bytes <= moved.size();
  }

  [[nodiscard]] bool done() const { return closed_; }

 private:
  static bool is_failure(StreamStatus status) {
    return status != StreamStatus::ok && !waits(status);
  }

  RecordStream &stream_;
  Plan &plan_;
  std::size_t sent_ = 0;
  std::size_t piece_ = 0;  // of a write to repeat
  bool closed_ = false;
};

/// Reads into buffers of random size until the end.
class Reader {
 public:
  Reader(RecordStream &stream, Plan &plan) : stream_(stream), plan_(plan) {}

  bool turn() {
    if (closed_) return true;
    std::string into(1 + plan_.below(plan_.below(2) == 0 ? 10 : 150'000), '\0');
    const auto result = stream_.read(std::as_writable_bytes(std::span{into}));
    got_.append(into, 0, result.bytes);
    closed_ = result.status == StreamStatus::closed;
    const bool ok = result.status == StreamStatus::ok;
    return ok ? result.bytes > 0 : result.bytes == 0 && (closed_ || waits(result.status));
  }

  [[nodiscard]] bool done() const { return closed_; }
  [[nodiscard]] const std::string &got() const { return got_; }

 private:
  RecordStream &stream_;
  Plan &plan_;
  std::string got_;
  bool closed_ = false;
};

}  // namespace

TEST_GROUP(TransportProperty) {
  test::TemporaryFolder folder;
  core::ServerPolicy policy = test::ec_policy(folder);
  ossl::SslCtxPtr ctx = std::move(ossl::build_context(policy, std::time(nullptr))->ctx);
  ossl::BindingId binding{};

  /// What is wrong with one seed; empty if nothing.
  std::string trial(SSL_CTX * client, std::uint32_t seed, bool download) {
    Plan plan{seed};
    test::TlsPair pair(ctx.get(), client, ConnectionRole::data, binding, nullptr, plan.weather,
                       seed);
    if (!pair.handshake()) return "handshake";
    RecordStream &from = download ? pair.server : pair.client;
    RecordStream &to = download ? pair.client : pair.server;
    from.set_buffering(plan.writer);
    to.set_buffering(plan.reader);
    Writer writer{from, plan};
    Reader reader{to, plan};
    for (int turn = 0; turn < kMaxTurns && !(writer.done() && reader.done()); turn++) {
      if (!writer.turn()) return "writer: " + from.error_text();
      if (!reader.turn()) return "reader: " + to.error_text();
    }
    if (!reader.done()) return "no end";
    return reader.got() == plan.text ? "" : "other bytes than were sent";
  }

  void all_seeds(int version, bool download) {
    const auto client = test::client_context(version);
    for (std::uint32_t seed = 1; seed <= kSeeds; seed++) {
      const std::string fault = trial(client.get(), seed, download);
      STRCMP_EQUAL_TEXT("", fault.c_str(), ("seed " + std::to_string(seed)).c_str());
    }
  }
};

TEST(TransportProperty, DownloadsAreExactWithTls12) {
  all_seeds(TLS1_2_VERSION, true);
}

TEST(TransportProperty, DownloadsAreExactWithTls13) {
  all_seeds(TLS1_3_VERSION, true);
}

TEST(TransportProperty, UploadsAreExactWithTls12) {
  all_seeds(TLS1_2_VERSION, false);
}

TEST(TransportProperty, UploadsAreExactWithTls13) {
  all_seeds(TLS1_3_VERSION, false);
}
