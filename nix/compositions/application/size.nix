{ lib, ... }:
let
  positive =
    description:
    lib.mkOption {
      type = lib.types.ints.positive;
      inherit description;
    };
in
{
  options = {
    cores = positive "Number of cores.";
    memoryMib = positive "Memory in MiB.";
    diskGib = positive "Size of the disk in GiB. A disk only grows.";
    mediaGb = positive "Most space for each of the application's buckets, in GB (10^9 bytes).";
  };
}
