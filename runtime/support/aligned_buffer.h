/// \file Memory for sample values: aligned to cache lines, not initialised, grows and never shrinks, so that calls of
/// the same shape allocate once.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

#include "runtime/support/memory.h"

namespace tpc::runtime {

template <class T>
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t count) { reserve(count); }
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;
  AlignedBuffer(AlignedBuffer&& other) noexcept { swap(other); }
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~AlignedBuffer() { release(); }

  /// Room for `count` values; the old ones are lost if there was less. Throws std::bad_alloc.
  T* reserve(std::size_t count) {
    if (count > capacity_) {
      if (count > static_cast<std::size_t>(-1) / 2 / sizeof(T)) throw std::bad_alloc();
      release();
      data_ = static_cast<T*>(::operator new(count * sizeof(T), alignment));
      capacity_ = count;
      prefer_large_pages(data_, count * sizeof(T));
    }
    return data_;
  }
  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  void swap(AlignedBuffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  static constexpr std::align_val_t alignment{64};
  void release() {
    if (data_ != nullptr) ::operator delete(data_, alignment);
    data_ = nullptr;
    capacity_ = 0;
  }

  T* data_ = nullptr;
  std::size_t capacity_ = 0;
};

}  // namespace tpc::runtime
