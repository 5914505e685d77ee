# Jobs of the Sidekiq scene; also loaded by the worker process.
require 'sidekiq'

Sidekiq.configure_server { |c| c.redis = { url: ENV.fetch('SCENE_REDIS') } }
Sidekiq.configure_client { |c| c.redis = { url: ENV.fetch('SCENE_REDIS') } }
# A job is dead as soon as it fails: the scene need not wait for the retries.
class Payment
  include Sidekiq::Worker
  sidekiq_options queue: 'payments', retry: 0, backtrace: true

  def perform(number, *_rest)
    mark = ENV['SCENE_MARK']
    File.open(mark, 'a') { |f| f.puts number } if mark
    raise ArgumentError, "partner did not answer in #{number} s" unless File.exist?(ENV.fetch('SCENE_HEALTHY'))
  end
end

class Sleeper
  include Sidekiq::Worker
  sidekiq_options queue: 'slow', retry: 0

  def perform(number)
    File.open(ENV['SCENE_MARK'], 'a') { |f| f.puts "slow #{number}" }
    sleep 120 unless File.exist?(ENV.fetch('SCENE_HEALTHY'))
  end
end
