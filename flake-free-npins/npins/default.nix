# Sources by name, from sources.json. A small reader of the format of npins, for pins on GitHub: `npins init` and
# `npins upgrade` put npins' own reader in its place, and nothing else has to change.
# NPINS_OVERRIDE_<name>, with _ for - and . in the name, is a folder to take instead of the pin.
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
        # A string, since a path would be copied into the store wherever it is used.
        else if substring 0 1 override == "/" then
          override
        else
          "${getEnv "PWD"}/${override}";
    };
in
if pinned.version == 7 || pinned.version == 8 then
  builtins.mapAttrs source pinned.pins
else
  throw "sources.json has the format ${toString pinned.version}, which only npins can read: run `npins upgrade`"
