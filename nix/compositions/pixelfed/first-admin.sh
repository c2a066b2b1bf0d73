# Creates the administrator ADMIN_NAME unless Pixelfed has that user. `user:create` reads the password from stdin.
exists() {
  pixelfed-manage user:show "$ADMIN_NAME" | grep --quiet --line-regexp --fixed-strings "Username: $ADMIN_NAME"
}

if exists; then exit 0; fi

password=$(cat "$CREDENTIALS_DIRECTORY/password")
# Name, user name, e-mail address, password, and again; then: administrator, address is verified, create it.
printf '%s\n' "$ADMIN_NAME" "$ADMIN_NAME" "$ADMIN_EMAIL" "$password" "$password" yes yes yes |
  pixelfed-manage user:create

# `user:create` ends with success if it fails.
exists
