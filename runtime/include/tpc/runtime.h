/**
 * \file The C interface of the tpc runtime: what a compiled model needs to live, for hosts in any language.
 *
 * A compiled model (`tpc compile model.tp -o model.o --header model.h`) exports one `tp_model_descriptor` and thin
 * wrappers (model_create, model_step, ...) over the functions of section 1. Section 2 is called by generated code only.
 *
 * Conventions: arrays are row-major doubles; a batch of B examples of a field with s numbers is [B, s]. B is an extent:
 * a dimension of the program whose size comes with the data and may differ from call to call. Functions take a table
 * with the sizes of all extents of the model, `&count` where there is just one. Every function
 * that can fail returns a status code (0 = TP_OK) and leaves a message for the calling thread in tp_last_error(). No
 * exception crosses this interface; there is no global mutable state; different tp_state objects may be used from
 * different threads at the same time, one object by one thread at a time; what takes a `const tp_state` changes nothing
 * a host can see, and several threads may call it for one state at once (predictions take turns).
 */
#ifndef TPC_RUNTIME_H
#define TPC_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TP_ABI_VERSION 9u
#define TP_SIZE_CLASSES 16u /**< of what one matrix meets (tp_rt_condition) */

typedef enum tp_status {
  TP_OK = 0,
  TP_INVALID_ARGUMENT = 1, /**< null pointer, wrong size, label out of range, not finite input */
  TP_OUT_OF_MEMORY = 2,
  TP_CAPACITY = 3,     /**< exact method: more coordinates needed than `samples`; create again with more */
  TP_FILE = 4,         /**< cannot read or write, or not a state of this model */
  TP_NOT_FINITE = 5,   /**< the computation produced inf or nan (the training diverged) */
  TP_ABI_MISMATCH = 6, /**< model and runtime are of different versions */
  TP_INTERNAL = 7,
  TP_INTERRUPTED = 8 /**< a tp_progress asked for it */
} tp_status;

/** How expectations are evaluated (design: sampled Hilbert space with conditioned matrices). */
typedef enum tp_method {
  TP_METHOD_QMC = 0,        /**< scrambled Sobol points, Philox beyond the table's dimensions */
  TP_METHOD_MC = 1,         /**< plain Monte Carlo (Philox) */
  TP_METHOD_QUADRATURE = 2, /**< tensor Gauss-Hermite, or nodes of the host's own; only without n x n matrices and with
                                 few Gaussian dimensions */
  TP_METHOD_EXACT = 3       /**< affine programs: coefficients in an orthonormal Gaussian basis */
} tp_method;

/** An orthogonal change of the base variables of one input-like state: row-major [rows, rows], row j of it holds the
 * coordinates of state row j; its columns in order of importance (principal components of the data). */
typedef struct tp_rotation {
  const char* state;
  size_t rows;
  const double* matrix;
  size_t rank; /**< only the first `rank` columns are used, 0: all. Inputs must then lie in their span: the other base
                    variables are left out, so that quadrature and exact evaluation need rank instead of rows of them */
} tp_rotation;

/** Nodes of the host's own for quadrature: sum_i weights[i] f(values[., i]) ~ E f(g), g independent standard normal
 * variables: the base variables of the Gaussian states, those that meet the input first. */
typedef struct tp_nodes {
  size_t dimensions;
  size_t count;          /**< 1 to 2^22 */
  const double* values;  /**< [dimensions, count] */
  const double* weights; /**< [count], not negative */
} tp_nodes;

/** Of a model (and a function of pairs) without random variables `samples`, `replicas`, `method` and `rotations` do not
 * matter: it has one replica and needs no sample points. */
typedef struct tp_options {
  size_t size;      /**< sizeof(tp_options); that of options which end with rotation_count will do */
  size_t samples;   /**< M sample points (qmc: rounded up to a power of two); quadrature: nodes per dimension; exact:
                         coordinates to start with. 0: 16384 / 48 / 256 */
  size_t replicas;  /**< R independent scramblings; 0: 12 (1 for quadrature and exact). Standard errors are s / sqrt(R)
                         times Student's factor for R - 1 degrees of freedom: two of them cover 95 % */
  uint64_t seed;    /**< of all random numbers */
  double tolerance; /**< relative residual below which a direction that a matrix meets is not stored, but left to a
                         random matrix that stores nothing; never below 1e-10 (single precision: 1e-4). Negative:
                         automatic: 0.001 until 32 directions are stored, and everything afterwards */
  size_t threads;   /**< 0: all cores */
  tp_method method;
  const tp_rotation* rotations; /**< may be NULL */
  size_t rotation_count;
  const tp_nodes* nodes; /**< quadrature: instead of `samples`; may be NULL */
  size_t first_replica;  /**< the number of the first replica: 12 of them and then 12 from number 12 on are the same as
                            24 */
} tp_options;

typedef struct tp_state tp_state;
typedef struct tp_context tp_context; /* one replica at work; generated code passes it back */

/* ---- what a compiled model exports ---------------------------------------------------------------------------- */

typedef enum tp_state_kind {
  TP_STATE_SCALAR = 1,
  TP_STATE_RANDOM = 2,
  TP_STATE_MATRIX = 3,
  TP_STATE_PAIR = 4
} tp_state_kind;
typedef enum tp_init_kind {
  TP_INIT_ZERO = 0,
  TP_INIT_CONSTANT = 1,
  TP_INIT_GAUSSIAN = 2,
  TP_INIT_NOISE = 3,
  TP_INIT_SHARE = 4 /* RANDOM: 1 at the first init_value M of the M points, 0 at the others */
} tp_init_kind;
typedef enum tp_precision { TP_F64 = 0, TP_F32 = 1 } tp_precision; /* of sample values; scalars are always double */

/** A state of the Limit IR. RANDOM: `rows` random variables; MATRIX: an initial Gaussian matrix with entries
 * N(0, init_value^2 / n) and its accumulated updates; SCALAR: `rows` numbers; PAIR: a random variable K(w, w') of two
 * independent points, 0 at first, of single precision: 4 M^2 bytes a replica. TP_INIT_NOISE (RANDOM, SCALAR): white
 * noise N, never written: E[N x] is a random number, normal with covariance init_value^2 E[x y], another one in every
 * replica; of a SCALAR independent numbers in every replica. The matrices of a model with noise store no directions,
 * whatever the tolerance: the image of a vector is the same in every call, so that E[N W x] is, too. */
typedef struct tp_state_descriptor {
  const char* name;
  uint32_t kind;        /* tp_state_kind */
  uint32_t init_kind;   /* tp_init_kind; MATRIX with TP_INIT_ZERO: only its updates */
  double init_value;    /* standard deviation, constant or share */
  uint64_t rows;        /* product of the finite dimensions; 1 for a matrix or a pair */
  uint32_t meets_input; /* 1: contracted with a data field (its rows are rotated to the data's principal components) */
  uint32_t shares_updates; /* MATRIX: 1 + index of an earlier matrix with whose updates its own are combined
                              (tp_rt_combine): they have one list of rank-one terms; 0: its own list */
} tp_state_descriptor;

/** A dimension whose size comes with the data. */
typedef struct tp_extent_descriptor {
  const char* name;
  uint32_t twin_of; /* in functions of pairs of points: 1 + index of the extent whose other points it counts; 0: none */
  uint32_t reserved;
} tp_extent_descriptor;

/** Arrays are [sizes of `extents` in this order, then fixed dimensions]. */
typedef struct tp_field_descriptor {
  const char* name;
  uint64_t size;           /* product of the fixed dimensions: numbers an example; 1 for a class index */
  const uint32_t* extents; /* indices into the model's extents */
  uint32_t extent_count;
  uint32_t twin_of; /* in functions of pairs of points: 1 + index of the field whose values for the other point this is;
                       0: none */
} tp_field_descriptor;

typedef struct tp_result_descriptor {
  const char* name;
  uint64_t size;           /* product of the fixed dimensions */
  const uint32_t* extents; /* as of a field; they stand first */
  uint32_t extent_count;
  uint32_t reserved;
} tp_result_descriptor;

/** fields[i] points at the values of model field i, or is NULL where the function does not read it; extents[i]: the
 * size of model extent i, of any value where the function does not use it. */
typedef int32_t (*tp_function)(tp_context* context, const double* const* fields, const int64_t* extents,
                               double* const* results);

/** What a function is for. A model has at most one of each, but any number of TP_FUNCTION_OBSERVE (by `index`, from 0)
 * and TP_FUNCTION_OTHER (by name). */
typedef enum tp_function_role {
  TP_FUNCTION_OTHER = 0,
  TP_FUNCTION_PREDICT = 1,  /**< the network's outputs */
  TP_FUNCTION_LOSS = 2,     /**< the loss, without a training step */
  TP_FUNCTION_GRADIENT = 3, /**< of the loss, by parameter */
  TP_FUNCTION_STEP = 4,     /**< one training step */
  TP_FUNCTION_OBSERVE = 5,  /**< what the program observes besides outputs */
  TP_FUNCTION_START = 6,    /**< kernel regime: sets the function's values before training */
  TP_FUNCTION_KERNEL = 7,   /**< kernel regime: of pairs of points */
  TP_FUNCTION_RATE = 8,     /**< the learning rate of the next step */
  TP_FUNCTION_SET_RATE = 9  /**< scales the schedule such that it is what the function's only field says */
} tp_function_role;

typedef struct tp_function_descriptor {
  const char* name; /* for messages: "step", "predict", "observe_0", ... */
  tp_function code;
  uint32_t result_count;
  uint32_t trains; /* 1: writes states, appends updates, and keeps new directions of matrices */
  const tp_result_descriptor* results;
  uint32_t sampled; /* 1: works with random variables; 0: with numbers only, its results are the same in all replicas */
  uint32_t role;    /* tp_function_role */
  uint32_t index;   /* of TP_FUNCTION_OBSERVE; else 0 */
  uint32_t extent_count;
  const uint32_t* extents; /* whose sizes it needs */
  uint32_t example_extent; /* 1 + the extent of examples that it computes each on its own: all results have it first,
                              and it may be called with some of them at a time; 0: none */
  uint32_t field_count;
  const uint32_t* fields; /* indices of the model's fields that it reads: none of them may be NULL in a call */
  const char* title;      /* of TP_FUNCTION_OBSERVE: as the program writes it, "gram(z2)"; else NULL */
} tp_function_descriptor;

typedef struct tp_model_descriptor {
  uint32_t abi_version;
  uint32_t precision; /* tp_precision */
  const char* name;
  uint32_t state_count;
  uint32_t field_count;
  uint32_t function_count;
  uint32_t extent_count;
  const tp_state_descriptor* states;
  const tp_field_descriptor* fields;
  const tp_function_descriptor* functions;
  const tp_extent_descriptor* extents;
  uint64_t fingerprint; /* of the Limit IR: a saved state of another model is refused */
} tp_model_descriptor;

/* ---- 1. for hosts ---------------------------------------------------------------------------------------------- */

/** Message of the calling thread's last failure; never NULL; valid until its next call. */
const char* tp_last_error(void);
uint32_t tp_abi_version(void);

/** Fills in the defaults. */
void tp_default_options(tp_options* options);

/** Draws the initial state of every replica. options may be NULL. *state is NULL on failure. */
int32_t tp_create(const tp_model_descriptor* model, const tp_options* options, tp_state** state);
void tp_destroy(tp_state* state);

/** Runs the model's TP_FUNCTION_STEP on one batch in every replica; *loss (may be NULL): the mean over replicas of its
 * result named "loss" (or of its first). On any status but TP_OK the state is as before the call. */
int32_t tp_step(tp_state* state, const double* const* fields, const int64_t* extents, double* loss);

/** Runs function number `function` and returns result number `result`: mean and standard error over replicas (each
 * size times its extents doubles; either may be NULL; error is nan with one replica), and, if by_replica is not NULL,
 * all replicas' values one after the other. Training functions are allowed: then every replica trains. */
int32_t tp_call(tp_state* state, uint32_t function, uint32_t result, const double* const* fields,
                const int64_t* extents, double* mean, double* error, double* by_replica);

/** Result 0 of the model's TP_FUNCTION_PREDICT; f, error: of its size; error may be NULL. In blocks of 64 along its
 * extent of examples, if it has one. */
int32_t tp_predict(const tp_state* state, const double* const* fields, const int64_t* extents, double* f,
                   double* error);

/** Result 0 of the model's TP_FUNCTION_OBSERVE of number `index`, as tp_predict gives its outputs. */
int32_t tp_observe(const tp_state* state, uint32_t index, const double* const* fields, const int64_t* extents,
                   double* value, double* error);
/** The number of the observation with this title, "gram(z2)" (tp_function_descriptor.title; of equal ones the first).
 * If there is none, TP_INVALID_ARGUMENT and a message with all titles. */
int32_t tp_find_observation(const tp_model_descriptor* model, const char* title, uint32_t* index);

/** The learning rate of the next step: the program's, or what tp_set_learning_rate has made of it. */
int32_t tp_learning_rate(const tp_state* state, double* rate);
/** Makes the learning rate of the next step `rate`, finite and not negative. A constant one stays so; a schedule goes
 * on in proportion, so that one which has come to 0 cannot be set. Parameters with a factor of their own keep it. The
 * rate is part of the state: saved, and as before the call on failure. */
int32_t tp_set_learning_rate(tp_state* state, double rate);

/** Called by one thread at a time, after every block. Not 0: no more blocks are begun, the call ends with
 * TP_INTERRUPTED. */
typedef int32_t (*tp_progress)(void* data, size_t done, size_t total);

/** All pairs of points for tp_evaluate_pairs. */
typedef struct tp_pairs {
  size_t size;                 /**< sizeof(tp_pairs) */
  const double* const* fields; /**< one entry a model field, NULL: not given; x of the points, [count, size] */
  size_t count;
  const double* const* other_fields; /**< as `fields`: what stands for x' of the other points; unused if symmetric */
  size_t other_count;                /**< 0: symmetric, the other points are the points themselves */
  size_t block;                      /**< points a side of the blocks that are evaluated at a time; 0: chosen */
  tp_progress progress;              /**< may be NULL; done and total count blocks */
  void* progress_data;
  const int64_t* extents; /**< sizes of the model's extents, those of the points not read; NULL: there are no others */
} tp_pairs;

/** Evaluates a function r(x, x') of two sets of points, an extent and its twin, at the initial state for all pairs. x:
 * the fields with that extent; x': those with the twin, whose values are given for the fields whose twins they are. A
 * field with neither is one for all pairs. mean[i], error[i]: result i, [count, other_count, size] mean and standard
 * error over replicas (nan with one); by_replica[i]: [replicas, count, other_count, size]. Tables and entries may be
 * NULL. Symmetric: the results must satisfy r(x, x') = r(x', x); one half is evaluated and mirrored. Functions that are
 * not sampled have one replica, whatever the options, and run in parallel over blocks. Results do not depend on
 * threads. */
int32_t tp_evaluate_pairs(const tp_model_descriptor* model, const tp_options* options, uint32_t function,
                          const tp_pairs* pairs, double* const* mean, double* const* error, double* const* by_replica);
/** Replicas in by_replica of tp_evaluate_pairs; 0 on failure. */
size_t tp_pairs_replica_count(const tp_model_descriptor* model, const tp_options* options, uint32_t function);

size_t tp_replica_count(const tp_state* state);
size_t tp_sample_count(const tp_state* state); /**< M as used */

/** What a state's matrix holds, the largest over replicas: directions met by W and by W^T, rank-one updates, and the
 * number of residuals that were not stored. Pointers may be NULL. */
int32_t tp_matrix_rank(const tp_state* state, uint32_t state_index, size_t* rank, size_t* rank_transposed,
                       size_t* updates, size_t* unstored);

/** Rows [first_row, first_row + rows) of a RANDOM state in one replica, each value times the square root of its sample
 * point's weight: out[rows, M] with M = tp_sample_count(). In every method the inner product of two rows is the
 * expectation E[Z_i Z_j]; in the exact one their values are coordinates in an orthonormal basis. */
int32_t tp_state_rows(const tp_state* state, uint32_t state_index, size_t replica, size_t first_row, size_t rows,
                      double* out);

/** The largest relative size of a residual that would not be stored now, over matrices and replicas: the option
 * `tolerance`, or what the automatic one has come to. 0 without matrices. */
double tp_truncation(const tp_state* state);
/** What was left out of the matrices' accumulated updates, relative to their Frobenius norms, so that a step costs no
 * more as training goes on: the root of the sum of squares over the run, the largest over matrices and replicas. */
double tp_discarded(const tp_state* state);

/** The whole state to a file and back; bit-identical continuation on the same kind of processor. Little-endian,
 * versioned, checked on load. A training of at most 100 calls with at most 1 MiB of data is saved as what led to the
 * state, where that is shorter than the samples: loading then takes as long as the training did. A file is replaced
 * when its successor is complete, through symbolic links; into a pipe or a device the bytes are written. */
int32_t tp_save(const tp_state* state, const char* path);
int32_t tp_load(const tp_model_descriptor* model, const char* path, tp_state** state);

/* ---- 2. for generated code ------------------------------------------------------------------------------------- */
/* "samples" below are [rows, M] values of the model's precision, M = tp_rt_sample_count(), always a multiple of 64.
 * Scratch slots are numbered by the generated code and live until the function returns. NULL: out of memory. */

/** A loop body over sample points [begin, end), both multiples of 64; adds into partials. */
typedef void (*tp_kernel)(const void* arguments, int64_t begin, int64_t end, double* partials);

int64_t tp_rt_sample_count(tp_context* context);
void* tp_rt_samples(tp_context* context, uint32_t slot, int64_t rows);
double* tp_rt_scalars(tp_context* context, uint32_t slot, int64_t count);
const void* tp_rt_state_samples(tp_context* context, uint32_t state);
const double* tp_rt_state_scalars(tp_context* context, uint32_t state);
const void* tp_rt_weights(tp_context* context); /**< [M]: E[Z] = sum_s weight_s Z_s (exact method: all 1) */
const void* tp_rt_unit(tp_context* context);    /**< [M]: the random variable 1 */
const void* tp_rt_zero(tp_context* context);    /**< [M]: the random variable 0, which stands for absent rows */

/** Runs kernel over all sample points in blocks on the replica's threads; partials[0..count) receive the sums of what
 * the blocks added, in an order that does not depend on the number of threads. A block has at least `least_block`
 * points as far as there are so many: 512, more for what reads far memory in long pieces. */
int32_t tp_rt_for_samples(tp_context* context, tp_kernel kernel, const void* arguments, double* partials, int64_t count,
                          int64_t least_block);

/** out[out_rows, M] = coefficients[out_rows, in_rows] * in[in_rows, M]; coefficient (i, j) at i * row_stride + j *
 * column_stride. */
int32_t tp_rt_contract(tp_context* context, void* out, int64_t out_rows, const double* coefficients, int64_t row_stride,
                       int64_t column_stride, const void* in, int64_t in_rows);
/** out[i * rhs_rows + j] = E[lhs_i rhs_j]. */
int32_t tp_rt_expect(tp_context* context, double* out, const void* lhs, int64_t lhs_rows, const void* rhs,
                     int64_t rhs_rows);
/** Z^{W x} (transposed: Z^{W^T x}) for `rows` random variables x; matrix: a state index. size_class: vectors of one
 * class have comparable sizes (in the program: the same power of n); what is small in its class is not worth storing.
 * Classes are numbered from 0, less than TP_SIZE_CLASSES. */
int32_t tp_rt_condition(tp_context* context, uint32_t matrix, int32_t transposed, uint32_t size_class, const void* in,
                        int64_t rows, void* out);
/** The matrix's accumulated updates applied to x (those of earlier calls; not what this call appended). */
int32_t tp_rt_accumulated(tp_context* context, uint32_t matrix, int32_t transposed, const void* in, int64_t rows,
                          void* out);
/** Adds coefficient * sum_i left_i (x) right_i to the matrix's updates. `left` and `right` must not change before the
 * function returns: the same arrays given for several matrices that share their updates are stored once. */
int32_t tp_rt_append(tp_context* context, uint32_t matrix, double coefficient, const void* left, const void* right,
                     int64_t rows);
/** From the next call on, the matrix's updates are the sum over these calls of coefficient * (the updates `source` had
 * before the function), plus what is appended. Without such calls a matrix keeps its updates. Both matrices share their
 * updates (tp_state_descriptor). */
int32_t tp_rt_combine(tp_context* context, uint32_t matrix, uint32_t source, double coefficient);
/** Functions of pairs of points, entry by entry: for k = 0 .. count - 1, of numbers[.] and arrays[.][k]: first the
 * products, then the states, which it changes in place. count: a multiple of 64. */
typedef void (*tp_pair_kernel)(float* const* arrays, const double* numbers, int64_t count);
/** Once the function has succeeded, runs the kernel over all pairs (w, w') of sample points. Product p: G_p(w, w') =
 * sum over i < rows[p] of left[p]_i(w) right[p]_i(w'). What is pointed at is copied. */
int32_t tp_rt_pairs(tp_context* context, tp_pair_kernel kernel, const void* const* left, const void* const* right,
                    const int64_t* rows, int64_t products, const uint32_t* states, int64_t state_count,
                    const double* numbers, int64_t number_count);
/** out_i(w) = E[K(w, w') in_i(w') | w] (transposed: of K(w', w)) for `rows` random variables; pair: a state index. */
int32_t tp_rt_apply_pair(tp_context* context, uint32_t pair, int32_t transposed, const void* in, int64_t rows,
                         void* out);
/** The state's next value. Called after everything that reads. `value` must not change before the function returns
 * (a scratch slot written here is taken over without a copy). */
int32_t tp_rt_write_samples(tp_context* context, uint32_t state, const void* value);
int32_t tp_rt_write_scalars(tp_context* context, uint32_t state, const double* value);

/** Runs kernel over all sample points once the function and the check of its results have succeeded, before states take
 * their next values: it may change the samples of states in place. arguments: `count` slots of 8 bytes, which are
 * copied; what they point at must not change before the function returns. */
int32_t tp_rt_when_successful(tp_context* context, tp_kernel kernel, const void* arguments, int64_t count);
/** Adds values[i] to number places[i] (-1: to none) of a scalar state, likewise; both are copied. */
int32_t tp_rt_add_numbers(tp_context* context, uint32_t state, const double* places, const double* values,
                          int64_t count);

/** Fails unless all indices are whole numbers in [0, size), or -1: absent. */
int32_t tp_rt_check_indices(tp_context* context, const double* indices, int64_t count, int64_t size);
/** out[i] = 1 where indices[i] is present and stands neither before in its own list nor in any of the `lists` others,
 * else 0. */
int32_t tp_rt_first_occurrence(tp_context* context, const double* indices, int64_t count, const double* const* others,
                               const int64_t* other_counts, int64_t lists, double* out);
/** labels [examples], each a whole number in [0, classes), to rows of the identity. */
int32_t tp_rt_one_hot(tp_context* context, const double* labels, int64_t examples, int64_t classes, double* out);
/** out[rows, columns] = lhs[rows, inner] * rhs[inner, columns]; *_transposed != 0: stored the other way round. */
int32_t tp_rt_matrix_product(tp_context* context, double* out, int64_t rows, int64_t columns, int64_t inner,
                             const double* lhs, int32_t lhs_transposed, const double* rhs, int32_t rhs_transposed);
/** out[s, i, j] = sqrt(|lhs_{s,i}|^2 |rhs_{s,j}|^2 - products_{s,i,j}^2) with lhs [slices, rows, inner], rhs [slices,
 * columns, inner] and products [slices, rows, columns], those of lhs and rhs: the areas that pairs of vectors span,
 * with a small relative error also for vectors that are nearly parallel; 0 for parallel ones. */
int32_t tp_rt_area(tp_context* context, double* out, int64_t slices, int64_t rows, int64_t columns, int64_t inner,
                   const double* lhs, const double* rhs, const double* products);
/** out[count]: the nodes (weights != 0: the weights) of a rule for a standard normal; count: 1..512. */
int32_t tp_rt_normal_rule(tp_context* context, int64_t count, int32_t weights, double* out);
/** softmax of every row: values, out: [rows, columns]. */
int32_t tp_rt_softmax(tp_context* context, const double* values, int64_t rows, int64_t columns, double* out);
/** log of the sum of exponentials of every row: values: [rows, columns], out: [rows]. */
int32_t tp_rt_log_sum_exp(tp_context* context, const double* values, int64_t rows, int64_t columns, double* out);

#ifdef __cplusplus
}
#endif
#endif
