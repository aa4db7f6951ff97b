"""onnxruntime without its telemetry: else it keeps an id of the device and sends events to its maker."""

import os

# Read when its library loads, so it stands before the import.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

from onnxruntime import InferenceSession, SessionOptions

__all__ = ["InferenceSession", "SessionOptions"]
