// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/ocsp_client.h"

#include <array>
#include <string>
#include <utility>

#include "core/http_response.h"
#include "net/socket.h"

namespace mod_tls::net {

namespace {

using core::HttpResponse;
using Progress = HttpResponse::Progress;

constexpr int kMostRedirections = 2;

std::string head_of(const core::OcspFetch &fetch, const core::HttpUrl &url) {
  std::string head =
      "POST " + url.target + " HTTP/1.0\r\nHost: " + core::host_field(url) +
      "\r\nAccept: application/ocsp-response\r\nUser-Agent: " + std::string(fetch.agent) +
      "\r\nContent-Type: application/ocsp-request\r\nContent-Length: " +
      std::to_string(fetch.request.size()) + "\r\n";
  if (fetch.fresh) head += "Pragma: no-cache\r\nCache-Control: no-cache, no-store\r\n";
  return head + "\r\n";
}

core::Result<HttpResponse> receive_response(Socket &socket, Deadline deadline) {
  HttpResponse response;
  std::array<std::uint8_t, 4096> chunk{};
  Progress progress = Progress::more;
  while (progress == Progress::more) {
    const auto received = socket.receive(chunk, deadline);
    if (!received) return received.error();
    const std::size_t size = *received;
    progress = size == 0 ? response.end() : response.feed(std::span(chunk).first(size));
  }
  if (progress == Progress::failed) {
    return core::Error{core::Errc::bad_syntax, std::string(response.reason())};
  }
  return response;
}

core::Result<HttpResponse> exchange(const core::OcspFetch &fetch, const core::HttpUrl &url,
                                    Deadline deadline) {
  auto socket = Socket::connect(url.host, url.port, deadline);
  if (!socket) return std::move(socket).error();
  const std::string head = head_of(fetch, url);
  std::vector<std::uint8_t> message(head.begin(), head.end());
  message.insert(message.end(), fetch.request.begin(), fetch.request.end());
  if (auto sent = socket->send(message, deadline); !sent) return std::move(sent).error();
  return receive_response(*socket, deadline);
}

/// 303 would be answered with another method, which makes no sense here.
bool redirects(int status) {
  return status == 301 || status == 302 || status == 307 || status == 308;
}

}  // namespace

core::Result<std::vector<std::uint8_t>> OcspClient::fetch(const core::OcspFetch &fetch) {
  const Deadline deadline = std::chrono::steady_clock::now() + fetch.time;
  core::HttpUrl url = fetch.url;
  for (int redirections = 0;; redirections++) {
    auto response = exchange(fetch, url, deadline);
    if (!response) return std::move(response).error();
    if (response->status() == 200) return response->body();
    if (!redirects(response->status()) || redirections == kMostRedirections) {
      return core::Error{core::Errc::io, "the responder answered with HTTP status " +
                                             std::to_string(response->status())};
    }
    auto next = core::parse_http_url(response->location());
    if (!next) return std::move(next).error();
    url = std::move(next).value();
  }
}

}  // namespace mod_tls::net
