package sync

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Case is a case of a Select: Chan.SendCase, Chan.RecvCase or Default.
type Case interface {
	// attempt does the operation if it need not wait. The native one.
	attempt() bool
	// reflected is the case as reflect.Select wants it.
	reflected() reflect.SelectCase
	// received stores what reflect.Select received.
	received(v reflect.Value, ok bool)

	// modelled returns what the explorer runs, nil if the case never proceeds.
	modelled() modelledCase
}

// modelledCase is a case on a channel, under exploration.
type modelledCase interface {
	// number tells channels apart, and orders them.
	number() uint64
	unbuffered() bool
	// ready reports whether the operation need not wait, for all that loads can tell.
	ready(th sim.Thread) bool
	// offered reports whether another Select waits with what this case needs; only says which.
	offered(th sim.Thread, only waiting) bool
	// try does the operation, if it need not wait.
	try(th sim.Thread) bool
	// meet completes the operation with another Select that waits.
	meet(th sim.Thread, only waiting) bool
	// lockOffers and unlockOffers begin and end a look at the channel's offers, during which no other Select adds any.
	// What the caller adds comes with the end.
	lockOffers(th sim.Thread)
	unlockOffers(th sim.Thread, added offers)
	// offer is the case, for other Selects to meet.
	offer(t *ticket, index int) *offer
	// accept takes over what came with the meeting.
	accept(w sim.Word)
}

// Default is the case of a Select that is taken if no other can proceed at once.
var Default Case = defaultCase{}

type defaultCase struct{}

func (defaultCase) attempt() bool { return false }
func (defaultCase) reflected() reflect.SelectCase {
	return reflect.SelectCase{Dir: reflect.SelectDefault}
}
func (defaultCase) received(v reflect.Value, ok bool) {}
func (defaultCase) modelled() modelledCase            { return nil }

// SendCase is the case that sends v on c.
func (c Chan[T]) SendCase(v T) Case { return &sendCase[T]{c, v} }

// RecvCase is the case that receives from c, into *v and *ok as Recv returns
// them; either may be nil.
func (c Chan[T]) RecvCase(v *T, ok *bool) Case { return &recvCase[T]{c, v, ok} }

// Select waits until one of the cases can proceed, and does that one; if
// several can, any one. It returns the index of the case. Without a case that is not on a nil channel, it waits for ever. At
// most one case may be Default: Select panics if there are two.
func Select(cases ...Case) int {
	fallback := slices.Index(cases, Default)
	if fallback >= 0 && slices.Contains(cases[fallback+1:], Default) {
		panic("sync: Select with two Default cases")
	}
	if th := sim.Current(); th != nil {
		return selectModelled(th, cases, fallback)
	}
	return selectNative(cases, fallback)
}

func selectNative(cases []Case, fallback int) int {
	switch {
	case fallback < 0 && len(cases) > 0:
		// One that can proceed at once is quicker to find without reflection.
		for i, first := 0, rand.IntN(len(cases)); i < len(cases); i++ {
			if at := (first + i) % len(cases); cases[at].attempt() {
				return at
			}
		}
	case fallback >= 0 && len(cases) == 2:
		if other := 1 - fallback; cases[other].attempt() {
			return other
		}
		return fallback
	}
	reflected := make([]reflect.SelectCase, len(cases))
	for i, c := range cases {
		reflected[i] = c.reflected()
	}
	chosen, v, ok := reflect.Select(reflected)
	cases[chosen].received(v, ok)
	return chosen
}

// ticket is one attempt of a Select to wait for others to meet it. Its
// modelled variable says whether that is still possible, or which case it is that was met, and with what.
type ticket struct{ state uint64 }

const (
	ticketNew = iota
	ticketOpen
	ticketWithdrawn
	ticketMet // and above: the index of the case is what it is more
)

var (
	ticketKind = sim.Kind{Name: "sync.Select", Format: formatTicket}
	offersKind = sim.Kind{Name: "sync.Chan offers", Format: formatOffers}
)

func (t *ticket) variable() sim.Var { return variableAt(unsafe.Pointer(t), &ticketKind) }

func formatTicket(w sim.Word) string {
	switch w.Bits {
	case ticketNew, ticketOpen:
		return "waits"
	case ticketWithdrawn:
		return "withdrawn"
	}
	return "met"
}

// offer is a case of a Select that waits, on a channel without a buffer. Other
// cases meet it by its ticket; sends and receives of their own are not met but seen by the Select, which then takes a number.
type offer struct {
	ticket *ticket
	index  int
	value  unsafe.Pointer // of a send: what it sends
	live   []numbered     // the cases of the Select
}

// offers is the value of a channel's variable of that name. It is never changed.
// Word.Bits is 1 while a Select looks at it and means to add to it.
type offers []*offer

func offersOf(w sim.Word) offers {
	if w.Ptr == nil {
		return nil
	}
	return *(*offers)(w.Ptr)
}

func (os offers) word() sim.Word {
	if len(os) == 0 {
		return sim.Word{}
	}
	return sim.Pointer(unsafe.Pointer(&os))
}

func formatOffers(w sim.Word) string {
	if len(offersOf(w)) == 0 {
		return "none"
	}
	return "some"
}

// waiting says whom an operation may meet. Of two that meet, one waits. If this
// is not the one that offers an operation, because another of its cases has become ready, though it has not seen so
// yet, it must be the one that comes.
type waiting bool

const (
	anySelect   waiting = false // for an operation that waits itself
	onlyWaiting waiting = true
)

// sending are the offers that send, or those that receive.
func (os offers) sending(th sim.Thread, yes bool, only waiting) offers {
	var found offers
	for _, o := range os {
		if (o.value != nil) == yes && !(only == onlyWaiting && anyReady(th, o.live)) {
			found = append(found, o)
		}
	}
	return found
}

// numbered is a case and its index.
type numbered struct {
	modelledCase
	index int
}

func selectModelled(th sim.Thread, cases []Case, fallback int) int {
	var live []numbered
	unbuffered := false
	for i, c := range cases {
		if m := c.modelled(); m != nil {
			live = append(live, numbered{m, i})
			unbuffered = unbuffered || m.unbuffered()
		}
	}
	switch {
	case fallback >= 0:
		return selectOrDefault(th, live, fallback)
	case len(live) == 0:
		waitForever(th)
	case !unbuffered:
		return selectBuffered(th, live)
	}
	// In one order for all Selects, so that they do not wait for each other in a circle.
	slices.SortStableFunc(live, func(a, b numbered) int { return cmp.Compare(a.number(), b.number()) })
	for {
		chosen, t := takeOrOffer(th, live)
		if t != nil {
			chosen = awaitTicket(th, t, live)
		}
		if chosen >= 0 {
			return chosen
		}
	}
}

// readyCases returns those that need not wait.
func readyCases(th sim.Thread, live, into []numbered) []numbered {
	into = into[:0]
	for _, c := range live {
		if c.ready(th) {
			into = append(into, c)
		}
	}
	return into
}

func choose(th sim.Thread, from []numbered) numbered {
	if len(from) == 1 {
		return from[0]
	}
	return from[th.Choose(len(from))]
}

func anyReady(th sim.Thread, live []numbered) bool {
	return slices.ContainsFunc(live, func(c numbered) bool { return c.ready(th) })
}

// takeAny does one of the operations that need not wait, or that a Select waits
// for. It returns -1 if there are none; lost says that there was one, but it is gone. Who only tries does not wait.
func takeAny(th sim.Thread, live []numbered, tries bool) (chosen int, lost bool) {
	able := readyCases(th, live, nil)
	only := waiting(tries || len(able) > 0)
	for _, c := range live {
		if c.unbuffered() && !slices.Contains(able, c) && c.offered(th, only) {
			able = append(able, c)
		}
	}
	if len(able) == 0 {
		return -1, false
	}
	if c := choose(th, able); c.try(th) || c.unbuffered() && c.meet(th, only) {
		return c.index, false
	}
	return -1, true
}

func selectOrDefault(th sim.Thread, live []numbered, fallback int) int {
	for {
		chosen, lost := takeAny(th, live, true)
		switch {
		case chosen >= 0:
			return chosen
		case !lost:
			return fallback
		}
	}
}

func selectBuffered(th sim.Thread, live []numbered) int {
	for {
		var able []numbered
		th.Await(func() bool {
			able = readyCases(th, live, able)
			return len(able) > 0
		})
		if c := choose(th, able); c.try(th) {
			return c.index
		}
	}
}

// takeOrOffer does an operation, if one can be done, and else puts up offers, in
// one step as other Selects see it: they do not miss each other. It returns the case, or the ticket of the offers.
func takeOrOffer(th sim.Thread, live []numbered) (chosen int, t *ticket) {
	for i, c := range live {
		if first(live, i) {
			c.lockOffers(th)
		}
	}
	defer func() {
		var added offers
		for i, c := range live {
			if t != nil && c.unbuffered() {
				o := c.offer(t, c.index)
				o.live = live
				added = append(added, o)
			}
			if i+1 == len(live) || first(live, i+1) {
				c.unlockOffers(th, added)
				added = nil
			}
		}
	}()
	for {
		chosen, lost := takeAny(th, live, false)
		if chosen >= 0 {
			return chosen, nil
		}
		if !lost {
			t = new(ticket)
			th.Store(t.variable(), sim.Bits(ticketOpen), sim.Release)
			return -1, t
		}
	}
}

// first reports whether a case is the first on its channel. The cases are sorted by channel.
func first(live []numbered, i int) bool { return i == 0 || live[i-1].number() != live[i].number() }

// awaitTicket waits for an offer to be met, or for a case to be ready. It
// returns -1 if what was ready is gone by the time that it comes to it.
func awaitTicket(th sim.Thread, t *ticket, live []numbered) int {
	var able []numbered
	th.Await(func() bool {
		able = readyCases(th, live, able)
		return len(able) > 0 || th.Load(t.variable(), silent).Bits >= ticketMet
	})
	if _, did := th.Update(t.variable(), closeTicket, sim.Bits(ticketWithdrawn), sim.Word{}, silent, silent); did == sim.Keep {
		return met(th, t, live)
	}
	if c := choose(th, able); c.try(th) {
		return c.index
	}
	return -1
}

// met completes the case that was met.
func met(th sim.Thread, t *ticket, live []numbered) int {
	w, _ := th.Update(t.variable(), awaitMet, sim.Word{}, sim.Word{}, silent, sim.Acquire)
	for _, c := range live {
		if c.index == int(w.Bits-ticketMet) {
			c.accept(w)
			return c.index
		}
	}
	panic("sync: a Select was met at a case that it does not have")
}

// closeTicket changes an open ticket. On weak memory an offer may be seen before the store that opened its ticket.
func closeTicket(old, new, _ sim.Word) (sim.Word, sim.Verdict) {
	switch old.Bits {
	case ticketNew:
		return old, sim.Block
	case ticketOpen:
		return new, sim.Write
	}
	return old, sim.Keep
}

func awaitMet(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits < ticketMet {
		return old, sim.Block
	}
	return old, sim.Keep
}

func (c *channel[T]) offersVar() sim.Var { return variableAt(unsafe.Pointer(&c.offers), &offersKind) }

// claim meets an offer, if it still stands, and else takes it off the list. The value is what it receives.
func (c *channel[T]) claim(th sim.Thread, o *offer, value unsafe.Pointer) bool {
	met := sim.Word{Bits: uint64(ticketMet + o.index), Ptr: value}
	if _, did := th.Update(o.ticket.variable(), closeTicket, met, sim.Word{}, sim.AcqRel, silent); did == sim.Write {
		return true
	}
	th.Update(c.offersVar(), removeOffer, sim.Pointer(unsafe.Pointer(o)), sim.Word{}, silent, silent)
	return false
}

// sendToSelect sends to a Select that waits to receive, if there is one.
func (c *channel[T]) sendToSelect(th sim.Thread, v *T, only waiting) bool {
	return c.meet(th, false, unsafe.Pointer(v), only) != nil
}

// receiveFromSelect receives from a Select that waits to send, if there is one.
func (c *channel[T]) receiveFromSelect(th sim.Thread, only waiting) (v T, done bool) {
	if o := c.meet(th, true, nil, only); o != nil {
		return *(*T)(o.value), true
	}
	return v, false
}

func (c *channel[T]) offered(th sim.Thread, sends bool, only waiting) offers {
	return offersOf(th.Load(c.offersVar(), silent)).sending(th, sends, only)
}

func (c *channel[T]) meet(th sim.Thread, sends bool, value unsafe.Pointer, only waiting) *offer {
	for {
		found := c.offered(th, sends, only)
		switch len(found) {
		case 0:
			return nil
		case 1:
		default:
			found = found[th.Choose(len(found)):]
		}
		if c.claim(th, found[0], value) {
			return found[0]
		}
	}
}

func removeOffer(old, o, _ sim.Word) (sim.Word, sim.Verdict) {
	os := offersOf(old)
	i := slices.Index(os, (*offer)(o.Ptr))
	if i < 0 {
		return old, sim.Keep
	}
	w := slices.Concat(os[:i], os[i+1:]).word()
	w.Bits = old.Bits
	return w, sim.Write
}

func lockOffers(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits != 0 {
		return old, sim.Block
	}
	return sim.Word{Bits: 1, Ptr: old.Ptr}, sim.Write
}

func unlockOffers(old, added, _ sim.Word) (sim.Word, sim.Verdict) {
	return slices.Concat(offersOf(old), offersOf(added)).word(), sim.Write
}

func (c *channel[T]) lockOffers(th sim.Thread) {
	if c.capacity() == 0 {
		th.Update(c.offersVar(), lockOffers, sim.Word{}, sim.Word{}, silent, silent)
	}
}

func (c *channel[T]) unlockOffers(th sim.Thread, added offers) {
	if c.capacity() == 0 {
		th.Update(c.offersVar(), unlockOffers, added.word(), sim.Word{}, silent, silent)
	}
}

type sendCase[T any] struct {
	Chan[T]
	v T
}

func (s *sendCase[T]) attempt() bool { return s.TrySend(s.v) }

func (s *sendCase[T]) reflected() reflect.SelectCase {
	return reflect.SelectCase{Dir: reflect.SelectSend, Chan: reflect.ValueOf(s.native()), Send: reflect.ValueOf(&s.v).Elem()}
}

func (s *sendCase[T]) received(reflect.Value, bool) {}

func (s *sendCase[T]) modelled() modelledCase {
	if s.c == nil {
		return nil
	}
	return s
}

func (s *sendCase[T]) number() uint64   { return s.c.number }
func (s *sendCase[T]) unbuffered() bool { return s.c.capacity() == 0 }

func (s *sendCase[T]) ready(th sim.Thread) bool {
	sends := th.Load(s.c.sendsVar(), silent).Bits
	return sends&isClosed != 0 || sends/2 < th.Load(s.c.receivesVar(), silent).Bits+s.c.capacity()
}

func (s *sendCase[T]) offered(th sim.Thread, only waiting) bool {
	return len(s.c.offered(th, false, only)) > 0
}

func (s *sendCase[T]) try(th sim.Thread) bool { return s.c.trySend(th, s.v) }

func (s *sendCase[T]) meet(th sim.Thread, only waiting) bool {
	return s.c.sendToSelect(th, &s.v, only)
}

func (s *sendCase[T]) lockOffers(th sim.Thread)                 { s.c.lockOffers(th) }
func (s *sendCase[T]) unlockOffers(th sim.Thread, added offers) { s.c.unlockOffers(th, added) }

func (s *sendCase[T]) offer(t *ticket, index int) *offer {
	return &offer{ticket: t, index: index, value: unsafe.Pointer(&s.v)}
}

func (s *sendCase[T]) accept(sim.Word) {}

type recvCase[T any] struct {
	Chan[T]
	v  *T
	ok *bool
}

func (r *recvCase[T]) set(v T, ok bool) {
	if r.v != nil {
		*r.v = v
	}
	if r.ok != nil {
		*r.ok = ok
	}
}

func (r *recvCase[T]) attempt() bool {
	v, ok, done := r.TryRecv()
	if done {
		r.set(v, ok)
	}
	return done
}

func (r *recvCase[T]) reflected() reflect.SelectCase {
	return reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(r.native())}
}

func (r *recvCase[T]) received(v reflect.Value, ok bool) {
	if r.v != nil {
		reflect.ValueOf(r.v).Elem().Set(v)
	}
	if r.ok != nil {
		*r.ok = ok
	}
}

func (r *recvCase[T]) modelled() modelledCase {
	if r.c == nil {
		return nil
	}
	return r
}

func (r *recvCase[T]) number() uint64   { return r.c.number }
func (r *recvCase[T]) unbuffered() bool { return r.c.capacity() == 0 }

func (r *recvCase[T]) ready(th sim.Thread) bool {
	received := th.Load(r.c.receivesVar(), silent).Bits
	sends := th.Load(r.c.sendsVar(), silent).Bits
	return sends&isClosed != 0 || received < sends/2
}

func (r *recvCase[T]) offered(th sim.Thread, only waiting) bool {
	return len(r.c.offered(th, true, only)) > 0
}

func (r *recvCase[T]) try(th sim.Thread) bool {
	v, ok, done := r.c.tryReceive(th)
	if done {
		r.set(v, ok)
	}
	return done
}

func (r *recvCase[T]) meet(th sim.Thread, only waiting) bool {
	v, done := r.c.receiveFromSelect(th, only)
	if done {
		r.set(v, true)
	}
	return done
}

func (r *recvCase[T]) lockOffers(th sim.Thread)                 { r.c.lockOffers(th) }
func (r *recvCase[T]) unlockOffers(th sim.Thread, added offers) { r.c.unlockOffers(th, added) }

func (r *recvCase[T]) offer(t *ticket, index int) *offer {
	return &offer{ticket: t, index: index}
}

func (r *recvCase[T]) accept(w sim.Word) { r.set(*(*T)(w.Ptr), true) }
