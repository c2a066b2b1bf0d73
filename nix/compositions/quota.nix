# What is wrong between the applications of an operator, or between operators, in sentences.
{
  lib,
  config,
  # The evaluated applications, as a list.
  applications,
  # Names of all members, also of two with the same name.
  names,
}:
let
  inherit (config) hostProfile operator tenant;
  machines = lib.filter ({ machine, ... }: machine ? proxmox) applications;
  sum = values: lib.foldl' builtins.add 0 values;
  used = {
    machines = lib.length machines;
    cores = sum (map (one: one.sizes.${one.size}.cores) machines);
    memoryMib = sum (map (one: one.sizes.${one.size}.memoryMib) machines);
    diskGib = sum (map (one: one.sizes.${one.size}.diskGib) machines);
    mediaGb = sum (
      map (
        one: one.sizes.${one.size}.mediaGb * lib.length (lib.attrNames one.application.buckets)
      ) applications
    );
  };
  tooMuch = lib.filterAttrs (
    resource: used: tenant.quota.${resource} != null && used > tenant.quota.${resource}
  ) used;

  others = lib.removeAttrs hostProfile.tenants [ operator ];
  shared = other: lib.filter (
    zone: lib.any (theirs: zone == theirs || lib.hasSuffix ".${theirs}" zone) other.zones
  ) tenant.zones;
  overlaps = other: tenant.vmids.first <= other.vmids.last && other.vmids.first <= tenant.vmids.last;
  between =
    name: other:
    lib.optional (lib.hasPrefix "${name}-" operator || lib.hasPrefix "${operator}-" name)
      "Its name and that of operator ${name} begin alike, so names of their objects could be equal."
    ++ map (zone: "The zone ${zone} is one of operator ${name}, too.") (shared other)
    ++ lib.optional (
      hostProfile.proxmox != null && overlaps other
    ) "Its range of machine ids overlaps that of operator ${name}.";

  declarations =
    by: declared:
    lib.concatLists (
      lib.mapAttrsToList (kind: map (value: { inherit by; what = "${kind} ${value}"; })) declared
    );
  # Two members with one object would replace each other's settings at every apply: their mark is the same.
  declaredTwice = lib.filterAttrs (_: found: lib.length found > 1) (
    lib.groupBy ({ what, ... }: what) (
      lib.concatMap (one: declarations one.name one.names.declared) applications
      ++ lib.concatMap (id: declarations "people.${id}" { "account in the directory" = [ id ]; }) (
        lib.attrNames config.people
      )
    )
  );

  repeated =
    values: lib.filter (value: lib.count (other: other == value) values > 1) (lib.unique values);
in
lib.mapAttrsToList (
  resource: used:
  "All applications together have ${resource} = ${toString used}, and the quota is ${
    toString tenant.quota.${resource}
  }."
) tooMuch
++ map (name: "Several members have the name ${name}.") (repeated names)
++ lib.mapAttrsToList (
  what: found: "The ${what} is declared more than once, by ${lib.concatMapStringsSep " and " ({ by, ... }: by) found}."
) declaredTwice
++ lib.concatLists (lib.mapAttrsToList between others)
