# Applies the title and the registrations of the block. The title is left alone if the block has none.

Setting.site_title = ENV['SITE_TITLE'] if ENV.key?('SITE_TITLE')

if ENV.fetch('OPEN_REGISTRATIONS') == 'true'
  # An administrator can choose registrations with approval.
  Setting.registrations_mode = 'open' if Setting.registrations_mode == 'none'
else
  Setting.registrations_mode = 'none'
end
