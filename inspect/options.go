package inspect

import "github.com/redis/go-redis/v9"

// clusterOptions gives every node of a cluster the settings, and the hooks,
// of a single server.
func clusterOptions(o *redis.Options, hooks ...redis.Hook) *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs: []string{o.Addr},
		NewClient: func(opt *redis.Options) *redis.Client {
			n := redis.NewClient(opt)
			for _, h := range hooks {
				n.AddHook(h)
			}
			return n
		},
		OnConnect:                o.OnConnect,
		Protocol:                 o.Protocol,
		Username:                 o.Username,
		Password:                 o.Password,
		MaxRetries:               o.MaxRetries,
		MaxRedirects:             -1, // Client.sendRaw follows
		DialTimeout:              o.DialTimeout,
		DialerRetries:            o.DialerRetries,
		ReadTimeout:              o.ReadTimeout,
		WriteTimeout:             o.WriteTimeout,
		ContextTimeoutEnabled:    o.ContextTimeoutEnabled,
		ReadBufferSize:           o.ReadBufferSize,
		PoolSize:                 o.PoolSize,
		PipelinePoolSize:         o.PipelinePoolSize,
		Dialer:                   o.Dialer,
		DisableIdentity:          o.DisableIdentity,
		MaintNotificationsConfig: o.MaintNotificationsConfig,
	}
}

// failoverOptions asks the sentinels for the master, and then treats it as a
// single server.
func failoverOptions(o *redis.Options, s *Sentinel) *redis.FailoverOptions {
	return &redis.FailoverOptions{
		MasterName:            s.Master,
		SentinelAddrs:         s.Addrs,
		SentinelUsername:      s.Username,
		SentinelPassword:      s.Password,
		OnConnect:             o.OnConnect,
		Protocol:              o.Protocol,
		Username:              o.Username,
		Password:              o.Password,
		DB:                    o.DB,
		MaxRetries:            o.MaxRetries,
		DialTimeout:           o.DialTimeout,
		DialerRetries:         o.DialerRetries,
		ReadTimeout:           o.ReadTimeout,
		WriteTimeout:          o.WriteTimeout,
		ContextTimeoutEnabled: o.ContextTimeoutEnabled,
		ReadBufferSize:        o.ReadBufferSize,
		PoolSize:              o.PoolSize,
		PipelinePoolSize:      o.PipelinePoolSize,
		Dialer:                o.Dialer,
		DisableIdentity:       o.DisableIdentity,
	}
}
