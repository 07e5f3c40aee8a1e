"""Gives onnx 1.12 three names of onnx 1.13 that skl2onnx 1.20 calls. Import it before skl2onnx."""

import numpy as np
from onnx import TensorProto, helper, mapping

if not hasattr(helper, "np_dtype_to_tensor_dtype"):
    helper.np_dtype_to_tensor_dtype = lambda dtype: mapping.NP_TYPE_TO_TENSOR_TYPE[np.dtype(dtype)]
if not hasattr(helper, "tensor_dtype_to_np_dtype"):
    helper.tensor_dtype_to_np_dtype = lambda tensor: mapping.TENSOR_TYPE_TO_NP_TYPE[tensor]
if not hasattr(helper, "tensor_dtype_to_string"):
    helper.tensor_dtype_to_string = lambda tensor: "TensorProto." + TensorProto.DataType.Name(tensor)
