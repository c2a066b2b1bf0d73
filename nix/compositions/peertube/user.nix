# See application/nixos/user.nix.
{
  name = "peertube";
  uid = 392;
  gid = 392;
}
