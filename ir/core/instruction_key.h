/// \file Comparing instructions by what they do.
#pragma once

#include <bit>
#include <string>
#include <vector>

#include "ir/core/module.h"

namespace tpc::ir {

/// The bytes of an operation's fields: equal keys, equal operations.
class InstructionKey {
 public:
  explicit InstructionKey(size_t operation, const ir::Type& type) {
    put(operation);
    put(static_cast<uint64_t>(type.kind));
    put(type.dims);
  }
  template <class Field>
  void operator()(const char*, const Field& field) {
    put(field);
  }
  [[nodiscard]] std::string take() { return std::move(key_); }

 private:
  void put(uint64_t value) { key_.append(std::to_string(value)).push_back(','); }
  void put(const std::string& value) {
    put(value.size());
    key_.append(value);
  }
  void put(const ir::Rational& value) { put(value.str()); }
  void put(double value) { put(std::bit_cast<uint64_t>(value)); }
  template <class Tag>
  void put(ir::Id<Tag> value) {
    put(uint64_t{value.index});
  }
  template <class Element>
  void put(const std::vector<Element>& list) {
    put(list.size());
    for (const Element& element : list) put(element);
  }
  template <class Number>
    requires std::is_enum_v<Number> || std::is_integral_v<Number>
  void put(Number value) {
    put(static_cast<uint64_t>(value));
  }

  std::string key_;
};

}  // namespace tpc::ir
