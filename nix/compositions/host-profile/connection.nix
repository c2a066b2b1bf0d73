# The settings of a provider's `connection`. The provider's own types check them, and an operator's credentials are merged in.
{ lib }:
description:
lib.mkOption {
  type = lib.types.lazyAttrsOf lib.types.raw;
  inherit description;
}
