// SHA-256 against the examples of FIPS 180-4 (NIST CSRC, "Example Values").
#include "base/sha256.h"

#include <doctest/doctest.h>

using namespace tpc;

TEST_CASE("SHA-256: the standard's examples, however they are cut") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const std::string two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  CHECK(sha256(two_blocks) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  const std::string million(1000000, 'a');
  const std::string expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
  CHECK(sha256(million) == expected);
  Sha256 pieces;
  for (size_t at = 0, length = 1; at < million.size(); at += length, length = length % 150 + 1) {
    pieces.add(std::string_view(million).substr(at, length));
  }
  CHECK(pieces.hex() == expected);
  for (size_t length = 50; length < 70; ++length) {  // around the end of a block
    Sha256 two;
    two.add(std::string_view(million).substr(0, 31));
    two.add(std::string_view(million).substr(31, length - 31));
    CHECK(two.hex() == sha256(million.substr(0, length)));
  }
}
