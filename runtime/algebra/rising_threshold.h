/// \file A relative size below which directions are not kept, which rises as they get many.
#pragma once

#include <cmath>
#include <cstddef>

namespace tpc::runtime {

class RisingThreshold {
 public:
  static RisingThreshold fixed(double threshold) { return {threshold, threshold, threshold, 0}; }
  /// `least` up to room / 2 directions, `full` at room, `crowded` from 2 room on; geometric means between.
  RisingThreshold(double least, double full, double crowded, std::size_t room)
      : least_(least), full_(full), crowded_(crowded), room_(room) {}

  /// When there are `directions`.
  [[nodiscard]] double at(std::size_t directions) const {
    const auto between = [](double from, double to, double share) { return from * std::pow(to / from, share); };
    const double room = static_cast<double>(room_), count = static_cast<double>(directions);
    if (room_ == 0 || count <= 0.5 * room) return least_;
    if (count <= room) return between(least_, full_, 2.0 * count / room - 1.0);
    return count < 2.0 * room ? between(full_, crowded_, count / room - 1.0) : crowded_;
  }

 private:
  double least_, full_, crowded_;
  std::size_t room_;  ///< 0: always `least`
};

}  // namespace tpc::runtime
