#include "driver/server/transport.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <optional>

#include "driver/option_texts.h"

namespace tpc::driver::server {
namespace {

constexpr std::string_view end_of_header = "\r\n\r\n";

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// The number of "Content-Length: N"; empty: there is none.
std::optional<size_t> content_length(std::string_view header) {
  constexpr std::string_view field = "content-length:";
  while (!header.empty()) {
    const size_t end = std::min(header.find("\r\n"), header.size());
    std::string_view line = header.substr(0, end);
    header.remove_prefix(std::min(end + 2, header.size()));
    if (lower_case(line.substr(0, field.size())) != field) continue;
    line.remove_prefix(field.size());
    while (line.starts_with(' ')) line.remove_prefix(1);
    while (line.ends_with(' ')) line.remove_suffix(1);
    return number_from_text<size_t>(line);
  }
  return std::nullopt;
}

}  // namespace

Transport::Filled Transport::fill(int milliseconds) {
  struct pollfd readable = {input_, POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&readable, 1, milliseconds);
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return Filled::idle;
  std::array<char, 1 << 16> bytes{};
  ssize_t count = 0;
  do {
    count = read(input_, bytes.data(), bytes.size());
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return Filled::end;
  buffer_.append(bytes.data(), static_cast<size_t>(count));
  return Filled::yes;
}

bool Transport::wait_for(size_t count) {
  while (buffer_.size() < count) {
    if (fill(-1) == Filled::end) return false;
  }
  return true;
}

bool Transport::skip(size_t count) {
  while (buffer_.size() < count) {
    count -= buffer_.size();
    buffer_.clear();
    if (fill(-1) == Filled::end) return false;
  }
  buffer_.erase(0, count);
  return true;
}

Transport::Event Transport::next(std::string& body, int milliseconds) {
  size_t end = 0;
  while ((end = buffer_.find(end_of_header)) == std::string::npos) {
    if (buffer_.size() > longest_header) {
      buffer_.clear();
      body = "a header without an end";
      return Event::malformed;
    }
    const Filled filled = fill(buffer_.empty() ? milliseconds : -1);
    if (filled != Filled::yes) return filled == Filled::idle ? Event::idle : Event::end;
  }
  const std::string header = buffer_.substr(0, end);
  buffer_.erase(0, end + end_of_header.size());
  return read_body(header, body);
}

Transport::Event Transport::read_body(std::string_view header, std::string& body) {
  const auto length = content_length(header);
  if (!length) {
    body = "a header without `Content-Length: N`";
    return Event::malformed;
  }
  if (*length > longest_message) {
    body =
        "a message of " + std::to_string(*length) + " bytes; at most " + std::to_string(longest_message) + " are read";
    return skip(*length) ? Event::malformed : Event::end;
  }
  if (!wait_for(*length)) return Event::end;
  body = buffer_.substr(0, *length);
  buffer_.erase(0, *length);
  return Event::message;
}

bool Transport::send(std::string_view body) const {
  const std::string message = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  for (size_t sent = 0; sent < message.size();) {
    const ssize_t count = write(output_, message.data() + sent, message.size() - sent);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    sent += static_cast<size_t>(count);
  }
  return true;
}

}  // namespace tpc::driver::server
