# NixOps4 calls this file without arguments. The pinned versions are in ./npins/sources.json: `npins update` changes them.
import ./deployment.nix { sources = import ./npins; }
