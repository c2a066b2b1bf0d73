# Stands in for nixpkgs, which is too large for a test: it has what nixops4-nixos reads while it is evaluated.
_: {
  bash = {
    type = "derivation";
    outPath = "/nixpkgs/bash";
    meta.mainProgram = "bash";
  };
}
