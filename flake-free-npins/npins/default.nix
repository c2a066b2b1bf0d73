# Returns the sources in sources.json, by name. A small reader of npins' format for pins on GitHub. `npins init` and
# `npins upgrade` replace it with npins' own reader; nothing else has to change.
# NPINS_OVERRIDE_<name> sets a folder to use instead of a pin; - and . in the name become _.
let
  inherit (builtins) fetchTarball fromJSON getEnv readFile replaceStrings substring;

  pinned = fromJSON (readFile ./sources.json);

  source =
    name: pin:
    let
      override = getEnv "NPINS_OVERRIDE_${replaceStrings [ "-" "." ] [ "_" "_" ] name}";
    in
    pin
    // {
      outPath =
        if override == "" then
          fetchTarball {
            inherit (pin) url;
            sha256 = pin.hash;
          }
        # A string, since Nix would copy a path to the store at every use.
        else if substring 0 1 override == "/" then
          override
        else
          "${getEnv "PWD"}/${override}";
    };
in
if pinned.version == 7 || pinned.version == 8 then
  builtins.mapAttrs source pinned.pins
else
  throw "sources.json has the format ${toString pinned.version}, which this reader does not support: run `npins upgrade`"
