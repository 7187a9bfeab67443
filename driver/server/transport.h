/// \file Messages of the Language Server Protocol on two file descriptors: a header, "Content-Length: N", and N bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tpc::driver::server {

class Transport {
 public:
  Transport(int input, int output) : input_(input), output_(output) {}

  enum class Event {
    message,    ///< `body` has one
    malformed,  ///< `body` says what is wrong with a header; what follows may be a message again
    idle,       ///< nothing has come for that long
    end,        ///< of the input
  };
  /// Waits for a message, not longer than so many milliseconds; negative: as long as it takes.
  Event next(std::string& body, int milliseconds);

  /// False: nobody takes it.
  bool send(std::string_view body) const;

  static constexpr size_t longest_message = size_t{256} << 20;  ///< four times what the parser reads of a file
  static constexpr size_t longest_header = 4096;

 private:
  enum class Filled { yes, idle, end };
  /// Takes what there is to read.
  Filled fill(int milliseconds);
  /// Waits until so many bytes are there.
  bool wait_for(size_t count);
  /// Takes what is left of a message that is too long.
  bool skip(size_t count);
  Event read_body(std::string_view header, std::string& body);

  int input_, output_;
  std::string buffer_;
};

}  // namespace tpc::driver::server
