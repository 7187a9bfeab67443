/// \file Names of results and fields that functions of more than one folder look up.
#pragma once

namespace tpc::ir::result_name {

inline constexpr const char* output = "output";  ///< of predict
inline constexpr const char* loss = "loss";      ///< of loss, gradient, step
inline constexpr const char* losses = "losses";  ///< of criterion: of every example
inline constexpr const char* value = "value";    ///< of observations
inline constexpr const char* kernel = "kernel";  ///< of kernel: the neural tangent kernel
inline constexpr const char* nngp = "nngp";      ///< of kernel: the covariance of the initial function
inline constexpr const char* gradient = "d.";    ///< of gradient: and the state's name
inline constexpr const char* rate = "rate";      ///< of rate

}  // namespace tpc::ir::result_name

namespace tpc::ir {

inline constexpr const char* set_rate_field = "learning rate";  ///< the field that set_rate reads: scalar[]

}  // namespace tpc::ir
