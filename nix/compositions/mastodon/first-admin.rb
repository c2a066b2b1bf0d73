# Creates the owner of the site, unless somebody has a role already. tootctl could only invent a password and print it, so
# this does what `rails mastodon:setup` does.

exit if User.where.not(role_id: nil).exists?

name = ENV.fetch('ADMIN_NAME')
password = File.read(File.join(ENV.fetch('CREDENTIALS_DIRECTORY'), 'password')).chomp

User.transaction do
  user = User.new(
    email: ENV.fetch('ADMIN_EMAIL'),
    password: password,
    agreement: true,
    confirmed_at: Time.now.utc,
    role: UserRole.find_by!(name: 'Owner'),
    account_attributes: { username: name }
  )
  # The validations are those for a visitor who registers, such as a lookup of the mail server.
  user.save!(validate: false)
  user.approve!
end

Setting.site_contact_username = name
puts "created the owner #{name}"
