package reader

const (
	deep   = 64 // inputs of a tile
	atOnce = 16 // rows of a tile, and outputs
)

// tilesOf lays a matrix out for [multiplyTiles]: for each 16 outputs tile behind tile of 64
// inputs; within a tile four inputs of each output beside each other. What is missing to a
// whole tile is 0. at returns a weight.
func tilesOf(in, out int, at func(k, j int) int8) []int8 {
	deeps := (in + deep - 1) / deep
	blocks := (out + block - 1) / block
	t := make([]int8, blocks*deeps*deep*block)
	for k := range in {
		for j := range out {
			tile := j/block*deeps + k/deep
			t[tile*deep*block+k%deep/4*4*block+j%block*4+k%4] = at(k, j)
		}
	}
	return t
}

// byTiles multiplies the sixteen rows in w.gather.
func (d *dense) byTiles(w *work) {
	padded := (d.in + deep - 1) / deep * deep
	w.split = grow(w.split, 2*atOnce*padded+4*atOnce*block*4)
	multiplyTiles(&w.sums[0], &w.gather[0], &d.tiles[0], &w.split[0], d.in, padded, len(d.scale))
}
