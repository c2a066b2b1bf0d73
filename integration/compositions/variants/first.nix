# The deployment as the operators first wrote it.
_: { }
