# See application/nixos/user.nix.
{
  name = "pixelfed";
  uid = 393;
  gid = 393;
}
