# The billing of the shop on Sidekiq: charges that fail when the partner does not answer, invoices that take their time.
#
# `sidekiq -r billing.rb` works; `ruby billing.rb produce` keeps the queues filled up to a limit.
require 'sidekiq'

url = ENV.fetch('SHOP_BILLING_URL')
Sidekiq.configure_server { |config| config.redis = { url: url } }
Sidekiq.configure_client { |config| config.redis = { url: url } }

class PartnerTimeout < StandardError; end

class Charge
  include Sidekiq::Worker
  sidekiq_options queue: 'billing', retry: 0, backtrace: 12

  def perform(order, amount)
    sleep rand(0.1..0.5)
    raise PartnerTimeout, "partner did not answer in #{rand(3..9)} s" if (order % 9).zero?
    raise ArgumentError, "amount of order #{order} is #{amount}" if amount.negative?
  end
end

class Invoice
  include Sidekiq::Worker
  sidekiq_options queue: 'invoices', retry: 0

  def perform(_order)
    sleep rand(4.0..20.0)
  end
end

if ARGV.first == 'produce'
  # Orders at the start, then one or two a second while there is room.
  order = 1000
  80.times { Charge.perform_async(order += 1, (order % 31).zero? ? -1 : rand(5..900)) }
  5.times { Invoice.perform_async(order += 1) }
  loop do
    sleep 0.7
    dead = Sidekiq.redis { |redis| redis.zcard('dead') }
    waiting = Sidekiq.redis { |redis| redis.llen('queue:billing') }
    invoices = Sidekiq.redis { |redis| redis.llen('queue:invoices') }
    Charge.perform_async(order += 1, (order % 31).zero? ? -1 : rand(5..900)) if waiting < 120 && dead < 400
    Invoice.perform_async(order += 1) if invoices < 12
  end
end
