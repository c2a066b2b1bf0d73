# See application/nixos/user.nix.
{
  name = "mastodon";
  uid = 391;
  gid = 391;
}
