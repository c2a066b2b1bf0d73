# A value that exists only if the operator has no problem and the host profile is complete. NixOps4 evaluates a value when a
# member needs it, so a missing one would otherwise be found after the first members are created.
{
  lib,
  config,
  problems,
}:
value:
let
  inherit (config) hostProfile operator tenant;
  complete = [
    (removeAttrs hostProfile [ "tenants" ])
    tenant
  ];
in
if problems == [ ] then
  builtins.deepSeq complete value
else
  throw "Operator ${operator}: ${lib.concatStringsSep " " problems}"
