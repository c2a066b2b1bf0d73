# Generator (of the type `secret`) for passwords that programs paste into environment files, YAML, shells and URLs:
#   databasePassword = import ../application/password.nix;
# Letters and digits need no quotes in any of them.
{
  password = {
    length = 32;
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  };
}
