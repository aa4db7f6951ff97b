"""Which site a repository holds, for `footnoted init`: its generator, its pages, its address."""
