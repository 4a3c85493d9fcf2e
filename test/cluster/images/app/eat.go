package main

import (
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"time"
)

// held keeps what was eaten from being given back.
var held [][]byte

func eat(o options) error {
	if o.eatFile != "" {
		if err := writeFile(o.eatFile, o.fileSize); err != nil {
			return err
		}
	}
	if o.eatMemory == "" {
		return nil
	}
	total, err := parseSize(o.eatMemory)
	if err != nil {
		return err
	}
	rate, err := parseSize(o.eatRate)
	if err != nil {
		return err
	}
	go eatMemory(total, rate)
	return nil
}

func eatMemory(total, rate int64) {
	// Ten bites a second; every page is written, since memory that is only reserved counts nowhere.
	bite := max(rate/10, 4096)
	for eaten := int64(0); eaten < total; eaten += bite {
		piece := make([]byte, min(bite, total-eaten))
		for i := 0; i < len(piece); i += 4096 {
			piece[i] = 1
		}
		held = append(held, piece)
		time.Sleep(100 * time.Millisecond)
	}
	log.Printf("holding %d bytes of memory", total)
}

func writeFile(name, size string) error {
	total, err := parseSize(size)
	if err != nil {
		return err
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	piece := make([]byte, 1<<20)
	for written := int64(0); written < total; {
		n, err := file.Write(piece[:min(int64(len(piece)), total-written)])
		if err != nil {
			return err
		}
		written += int64(n)
	}
	log.Printf("wrote %d bytes to %s", total, name)
	return nil
}

var units = map[string]int64{"": 1, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}

func parseSize(text string) (int64, error) {
	number := strings.TrimRight(text, "KMGi")
	unit, known := units[text[len(number):]]
	value, err := strconv.ParseInt(number, 10, 64)
	if err != nil || !known {
		return 0, fmt.Errorf("%q is no size: write a number with Ki, Mi or Gi", text)
	}
	return value * unit, nil
}
