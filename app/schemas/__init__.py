"""Request and response models of the HTTP API, by what they speak of."""
