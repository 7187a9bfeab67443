"""The C structures of tpc/runtime.h, as far as a compiled network needs them."""
import ctypes

VERSION = 9  # TP_ABI_VERSION
PREDICT, STEP, OBSERVE, KERNEL, SET_RATE = 1, 4, 5, 7, 9  # tp_function_role
METHODS = {"qmc": 0, "mc": 1, "quadrature": 2, "exact": 3}  # tp_method

U32, U64, TEXT, ADDRESS = ctypes.c_uint32, ctypes.c_uint64, ctypes.c_char_p, ctypes.c_void_p
INDICES = ctypes.POINTER(U32)
DOUBLES = ctypes.POINTER(ctypes.c_double)


def _structure(name, *fields):
    return type(name, (ctypes.Structure,), {"_fields_": list(fields)})


Extent = _structure("tp_extent_descriptor", ("name", TEXT), ("twin_of", U32), ("reserved", U32))
Field = _structure("tp_field_descriptor", ("name", TEXT), ("size", U64), ("extents", INDICES), ("extent_count", U32),
                   ("twin_of", U32))
Result = _structure("tp_result_descriptor", ("name", TEXT), ("size", U64), ("extents", INDICES), ("extent_count", U32),
                    ("reserved", U32))
Function = _structure("tp_function_descriptor", ("name", TEXT), ("run", ADDRESS), ("result_count", U32),
                      ("trains", U32), ("results", ctypes.POINTER(Result)), ("sampled", U32), ("role", U32),
                      ("index", U32), ("extent_count", U32), ("extents", INDICES), ("example_extent", U32),
                      ("field_count", U32), ("fields", INDICES), ("title", TEXT))
Model = _structure("tp_model_descriptor", ("abi_version", U32), ("precision", U32), ("name", TEXT),
                   ("state_count", U32), ("field_count", U32), ("function_count", U32), ("extent_count", U32),
                   ("states", ADDRESS), ("fields", ctypes.POINTER(Field)), ("functions", ctypes.POINTER(Function)),
                   ("extents", ctypes.POINTER(Extent)), ("fingerprint", U64))
Options = _structure("tp_options", ("size", ctypes.c_size_t), ("samples", ctypes.c_size_t),
                     ("replicas", ctypes.c_size_t), ("seed", U64), ("tolerance", ctypes.c_double),
                     ("threads", ctypes.c_size_t), ("method", ctypes.c_int), ("rotations", ADDRESS),
                     ("rotation_count", ctypes.c_size_t), ("nodes", ADDRESS), ("first_replica", ctypes.c_size_t))
Pairs = _structure("tp_pairs", ("size", ctypes.c_size_t), ("fields", ctypes.POINTER(DOUBLES)),
                   ("count", ctypes.c_size_t), ("other_fields", ctypes.POINTER(DOUBLES)),
                   ("other_count", ctypes.c_size_t), ("block", ctypes.c_size_t), ("progress", ADDRESS),
                   ("progress_data", ADDRESS), ("extents", ctypes.POINTER(ctypes.c_int64)))

_TABLES = (ctypes.POINTER(DOUBLES), ctypes.POINTER(ctypes.c_int64))
_PROTOTYPES = {
    "tp_default_options": (None, ctypes.POINTER(Options)),
    "tp_create": (ctypes.c_int32, ADDRESS, ctypes.POINTER(Options), ctypes.POINTER(ADDRESS)),
    "tp_load": (ctypes.c_int32, ADDRESS, TEXT, ctypes.POINTER(ADDRESS)),
    "tp_save": (ctypes.c_int32, ADDRESS, TEXT),
    "tp_destroy": (None, ADDRESS),
    "tp_step": (ctypes.c_int32, ADDRESS, *_TABLES, DOUBLES),
    "tp_predict": (ctypes.c_int32, ADDRESS, *_TABLES, DOUBLES, DOUBLES),
    "tp_observe": (ctypes.c_int32, ADDRESS, U32, *_TABLES, DOUBLES, DOUBLES),
    "tp_evaluate_pairs": (ctypes.c_int32, ADDRESS, ctypes.POINTER(Options), U32, ctypes.POINTER(Pairs),
                          ctypes.POINTER(DOUBLES), ctypes.POINTER(DOUBLES), ADDRESS),
    "tp_learning_rate": (ctypes.c_int32, ADDRESS, DOUBLES),
    "tp_set_learning_rate": (ctypes.c_int32, ADDRESS, ctypes.c_double),
    "tp_last_error": (TEXT,),
}


def declare(library):
    """Gives the functions of the runtime, which the model's library is linked to, their types."""
    for name, (result, *arguments) in _PROTOTYPES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
