"""What Cohere's embedding models take and give, for whoever must know it without loading Cohere."""

from collections.abc import Mapping

MAX_BATCH = 96  # texts in one embed call, Cohere's limit

# By model, its own dimension first. Those of v3 are fixed and take no `output_dimension`.
DIMENSIONS: Mapping[str, tuple[int, ...]] = {
    "embed-v4.0": (1536, 1024, 512, 256),
    "embed-english-v3.0": (1024,),
    "embed-multilingual-v3.0": (1024,),
    "embed-english-light-v3.0": (384,),
    "embed-multilingual-light-v3.0": (384,),
}
