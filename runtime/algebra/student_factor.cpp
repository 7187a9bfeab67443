#include "runtime/algebra/student_factor.h"

#include <boost/math/distributions/students_t.hpp>
#include <limits>

namespace tpc::runtime {

double student_factor(std::size_t repetitions) {
  if (repetitions < 2) return std::numeric_limits<double>::quiet_NaN();
  constexpr double beyond_two_deviations = 0.022750131948179209;  // of a standard normal variable, on one side
  const boost::math::students_t distribution(static_cast<double>(repetitions - 1));
  return boost::math::quantile(boost::math::complement(distribution, beyond_two_deviations)) / 2.0;
}

}  // namespace tpc::runtime
