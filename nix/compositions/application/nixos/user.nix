# Fixed numbers for the user and the group of an application:
#   imports = [ (import ../application/nixos/user.nix nixosInputs.user) ];
# Files are delivered before the first switch creates the user, so they are given to a number. The numbers are above those
# of nixpkgs (nixos/modules/misc/ids.nix) and below 400, where the numbers begin that NixOS chooses itself.
{
  name,
  uid,
  gid,
}:
{
  users.users.${name} = { inherit uid; };
  users.groups.${name} = { inherit gid; };
}
