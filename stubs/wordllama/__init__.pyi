from pathlib import Path
from typing import Literal

class WordLlamaInference:
    def embed(self, texts: list[str], *, return_np: Literal[False]) -> list[list[float]]: ...

class WordLlama:
    @classmethod
    def load(cls, *, cache_dir: Path, dim: int, disable_download: bool) -> WordLlamaInference: ...
